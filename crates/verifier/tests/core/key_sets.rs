//! Sets of keys as they are published.

use doorward_verifier::{KeySetError, SkippedKey, UnusableKey};

use super::*;

fn parse(set: &Value) -> Result<KeySet, KeySetError> {
    KeySet::parse(set.to_string().as_bytes())
}

fn refusal(json: &str) -> Option<KeySetError> {
    KeySet::parse(json.as_bytes()).err()
}

fn ids(keys: &KeySet) -> Vec<&str> {
    let mut ids: Vec<_> = keys.iter().map(VerifyingKey::id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn every_key_of_a_set_is_found_by_its_name() {
    let jwks = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256].map(|algorithm| signer(algorithm).jwk());
    let keys = parse(&json!({ "keys": jwks, "more": { "means": "nothing" } })).unwrap();
    assert_eq!(ids(&keys), ["the-ES256-key", "the-EdDSA-key", "the-RS256-key"]);
    assert_eq!(keys.get("the-EdDSA-key").unwrap().algorithm(), Algorithm::EdDsa);
    assert!(keys.get("the-eddsa-key").is_none() && keys.skipped().is_empty());
}

#[test]
fn an_empty_set_is_a_set() {
    assert!(ids(&parse(&json!({ "keys": [] })).unwrap()).is_empty());
}

#[test]
fn what_is_no_set_is_refused() {
    let two_lists = r#"{"keys":[],"keys":[]}"#;
    let two_names = r#"{"keys":[{"kid":"a","kid":"b","kty":"OKP"}]}"#;
    for json in ["", "[]", "null", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[1]}"#, two_lists, two_names]
    {
        assert_eq!(refusal(json), Some(KeySetError::Malformed), "{json}");
    }
    assert_eq!(refusal(r#"{"keys":[]} {"keys":[]}"#), Some(KeySetError::Malformed));
    assert_eq!(KeySet::parse(b"{\"keys\":[],\"a\":\"\xff\"}").err(), Some(KeySetError::Malformed));
    let jwk = Value::Object(signer(Algorithm::EdDsa).jwk());
    assert_eq!(parse(&jwk).err(), Some(KeySetError::Malformed), "a key is no set");
}

#[test]
fn two_keys_of_one_name_are_refused_also_when_one_is_skipped() {
    let jwk = signer(Algorithm::EdDsa).jwk();
    let mut other = signer(Algorithm::Es256).jwk();
    other.insert("kid".to_owned(), jwk["kid"].clone());
    let mut unknown = other.clone();
    unknown.insert("kty".to_owned(), json!("AKP"));
    for twice in [&jwk, &other, &unknown] {
        let refusal = parse(&json!({ "keys": [jwk, twice] })).err();
        assert_eq!(refusal, Some(KeySetError::RepeatedId("the-EdDSA-key".to_owned())));
    }
    let key = signer(Algorithm::EdDsa).key();
    assert!(KeySet::from_keys([key.clone(), key]).is_err());
}

#[test]
fn a_set_with_a_private_or_symmetric_key_is_refused() {
    let jwk = signer(Algorithm::EdDsa).jwk();
    let mut private = signer(Algorithm::Es256).jwk();
    private.insert("d".to_owned(), json!("AQAB"));
    let symmetric = object(json!({ "kty": "oct", "kid": "a", "k": base64url([7; 32]), "alg": "HS256" }));
    for lost in [private, symmetric] {
        assert_eq!(parse(&json!({ "keys": [jwk, lost] })).err(), Some(KeySetError::Private));
    }
}

#[test]
fn keys_that_are_not_usable_are_skipped_and_reported() {
    let good = signer(Algorithm::EdDsa).jwk();
    let set = json!({ "keys": [
        { "kty": "AKP", "kid": "new", "alg": "ML-DSA-65", "pub": "AA" },
        { "kty": "EC", "crv": "P-256", "kid": "enc", "use": "enc", "x": "AA", "y": "AA" },
        { "kty": "EC", "crv": "P-256", "kid": "bad", "x": "AA", "y": "AA" },
        { "kty": "OKP", "crv": "Ed25519", "x": good["x"] },
        { "kty": "OKP", "crv": "Ed25519", "x": good["x"], "kid": "two\nlines" },
        good,
    ] });
    let keys = parse(&set).unwrap();
    assert_eq!(ids(&keys), ["the-EdDSA-key"]);
    let skipped = |id: Option<&str>, reason| SkippedKey { id: id.map(str::to_owned), reason };
    assert_eq!(
        keys.skipped(),
        [
            skipped(Some("new"), UnusableKey::Type),
            skipped(Some("enc"), UnusableKey::Use),
            skipped(Some("bad"), UnusableKey::Damaged),
            skipped(None, UnusableKey::Name),
            skipped(None, UnusableKey::Name),
        ]
    );
}

#[test]
fn a_key_that_is_taken_out_verifies_nothing() {
    let mut keys = all_keys();
    let signer = signer(Algorithm::Es256);
    let token = signer.token();
    assert!(verify_access_token(&token, &keys, &expected(), NOW).is_ok());
    assert!(keys.remove(&signer.id()) && !keys.remove(&signer.id()));
    assert_eq!(verify_access_token(&token, &keys, &expected(), NOW), Err(Refusal::UnknownKey(signer.id())));
}

//! Project Wycheproof's vectors for JSON Web Signatures and Keys, in two ways: each token against its key, as far as
//! the signature goes, and through the whole verifier, for which none of them is an access token.
//!
//! The vectors (C2SP/wycheproof, Apache-2.0) come with the crate `wycheproof-ng-kdf-jose`, byte for byte as they are in
//! commit dac1dd4729fd1f8dd9e1e9f3dce51d783da6c166 of their repository; the numbers here are theirs.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_verifier::{Expected, KeySet, KeySetError, UnusableKey, VerifyingKey, verify_access_token};
use serde::Deserialize;
use serde_json::{Map, Value};
use wycheproof_ng_kdf_jose::json_web::TestName;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    comment: String,
    public: Option<Map<String, Value>>,
    private: Map<String, Value>,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    tc_id: u32,
    result: String,
    /// Absent of encrypted tokens.
    jws: Option<Value>,
}

impl Vector {
    /// The token, which may be JSON and not compact.
    fn jws(&self) -> Option<String> {
        match self.jws.as_ref()? {
            Value::String(compact) => Some(compact.clone()),
            json => Some(json.to_string()),
        }
    }

    fn is_valid(&self) -> bool {
        assert!(matches!(&*self.result, "valid" | "invalid"), "{}", self.result);
        self.result == "valid"
    }
}

/// Why a token is refused at the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// An RSA key below 3072 bits or an HMAC secret below 32 bytes.
    WeakKey,
    /// A type of key or an algorithm that is not known here.
    UnknownAlgorithm,
    /// A key or a set of keys that is refused for another reason.
    Key,
    /// Not three parts of base64url in its one spelling, or a header that is no JSON.
    Spelling,
    /// The header names another algorithm than the key's, or another key.
    Header,
    /// The signature is not the key's.
    Signature,
}

fn file(name: TestName) -> File {
    serde_json::from_str(name.json_data()).unwrap()
}

fn decode(base64url: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(base64url).ok()
}

impl Group {
    /// What a verifier is given: the public keys, where there are any.
    fn jwks(&self) -> Vec<&Map<String, Value>> {
        let given = self.public.as_ref().unwrap_or(&self.private);
        match given.get("keys") {
            Some(keys) => keys.as_array().unwrap().iter().map(|jwk| jwk.as_object().unwrap()).collect(),
            None => vec![given],
        }
    }

    fn keys(&self) -> Result<KeySet, Reason> {
        let jwks = self.jwks();
        if jwks.iter().all(|jwk| jwk.get("kty").is_some_and(|kty| kty == "oct")) {
            let secrets = jwks.into_iter().map(secret).collect::<Result<Vec<_>, _>>()?;
            return KeySet::from_keys(secrets).map_err(|_| Reason::Key);
        }
        let set = serde_json::json!({ "keys": jwks });
        let keys = KeySet::parse(set.to_string().as_bytes()).map_err(|error| match error {
            KeySetError::Malformed | KeySetError::RepeatedId(_) | KeySetError::Private => Reason::Key,
        })?;
        match keys.skipped().first() {
            None => Ok(keys),
            Some(skipped) => Err(reason(skipped.reason)),
        }
    }
}

fn reason(unusable: UnusableKey) -> Reason {
    match unusable {
        UnusableKey::Weak => Reason::WeakKey,
        UnusableKey::Type => Reason::UnknownAlgorithm,
        UnusableKey::Name | UnusableKey::Use | UnusableKey::Private | UnusableKey::Damaged => Reason::Key,
    }
}

/// A symmetric key never comes as a JWK in doorward: what `alg` says is for this test to look at.
fn secret(jwk: &Map<String, Value>) -> Result<VerifyingKey, Reason> {
    let text = |name: &str| jwk[name].as_str().unwrap();
    if text("alg") != "HS256" {
        return Err(Reason::UnknownAlgorithm);
    }
    VerifyingKey::from_secret(text("kid"), &decode(text("k")).ok_or(Reason::Key)?).map_err(reason)
}

struct Parts<'a> {
    message: &'a str,
    header: Map<String, Value>,
    signature: Vec<u8>,
}

fn parts(jws: &str) -> Option<Parts<'_>> {
    let (message, signature) = jws.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    decode(payload)?;
    Some(Parts { message, header: serde_json::from_slice(&decode(header)?).ok()?, signature: decode(signature)? })
}

fn at_the_signature(jws: &str, group: &Group) -> Result<(), Reason> {
    let keys = group.keys()?;
    let Parts { message, header, signature } = parts(jws).ok_or(Reason::Spelling)?;
    let id = header.get("kid").and_then(Value::as_str).ok_or(Reason::Header)?;
    let key = keys.get(id).ok_or(Reason::Header)?;
    if header["alg"] != key.algorithm().as_str() {
        return Err(Reason::Header);
    }
    if key.verifies(message.as_bytes(), &signature) { Ok(()) } else { Err(Reason::Signature) }
}

/// What became of the vectors of a file at the signature.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    accepted: usize,
    /// Good ones that are refused, and why.
    refused: BTreeMap<Reason, usize>,
    /// Bad ones that are, to the byte, a good one of the same key: the change was lost in the making.
    unchanged: Vec<u32>,
    /// Encrypted ones, which are not for us.
    encrypted: usize,
}

fn run(name: TestName) -> Tally {
    let file = file(name);
    let count: usize = file.test_groups.iter().map(|group| group.tests.len()).sum();
    assert_eq!(count, file.number_of_tests);
    let mut tally = Tally::default();
    for group in &file.test_groups {
        let is_good =
            |jws: &str| group.tests.iter().any(|vector| vector.is_valid() && vector.jws().as_deref() == Some(jws));
        for vector in &group.tests {
            let Some(jws) = vector.jws() else {
                tally.encrypted += 1;
                continue;
            };
            through_the_whole_verifier(&jws, group);
            match (at_the_signature(&jws, group), vector.is_valid()) {
                (Ok(()), true) => tally.accepted += 1,
                (Err(reason), true) => *tally.refused.entry(reason).or_default() += 1,
                (Ok(()), false) if is_good(&jws) => tally.unchanged.push(vector.tc_id),
                (Ok(()), false) => panic!("{name:?} {} ({}) was accepted", vector.tc_id, group.comment),
                (Err(_), false) => {}
            }
        }
    }
    tally
}

fn through_the_whole_verifier(jws: &str, group: &Group) {
    let expected = Expected {
        issuer: String::new(),
        audience: String::new(),
        client_id: None,
        max_life: Duration::MAX,
        leeway_before: Duration::MAX,
        leeway_after: Duration::MAX,
    };
    let keys = group.keys().unwrap_or_default();
    assert!(verify_access_token(jws, &keys, &expected, 0).is_err(), "{jws}");
}

#[test]
fn signatures() {
    let refused = BTreeMap::from([
        // RS256 with 2048 bits; RFC 7520's key has as many.
        (Reason::WeakKey, 8),
        // RS384, RS512, PS256, PS384, PS512, and P-521.
        (Reason::UnknownAlgorithm, 26),
        // A question mark within base64url, which these vectors allow.
        (Reason::Spelling, 2),
    ]);
    assert_eq!(
        run(TestName::JsonWebSignature),
        Tally { accepted: 10, refused, unchanged: vec![367, 370], encrypted: 0 }
    );
}

#[test]
fn keys() {
    let refused = BTreeMap::from([(Reason::WeakKey, 1), (Reason::UnknownAlgorithm, 2)]);
    assert_eq!(run(TestName::JsonWebKey), Tally { accepted: 2, refused, ..Tally::default() });
}

#[test]
fn signatures_among_the_vectors_for_both() {
    let refused = BTreeMap::from([(Reason::WeakKey, 1)]);
    assert_eq!(run(TestName::JsonWebCrypto), Tally { accepted: 3, refused, encrypted: 34, ..Tally::default() });
}

/// The keys of the RSA vectors are too weak for us, so what is changed in the padding is shown to the library itself.
#[test]
fn changed_rsa_padding_is_refused_by_what_verifies_rsa_here() {
    let file = file(TestName::JsonWebSignature);
    let (mut accepted, mut refused) = (0, 0);
    for group in file.test_groups.iter().filter(|group| group.comment == "rs256") {
        let [jwk] = group.jwks().try_into().unwrap();
        let number = |name: &str| decode(jwk[name].as_str().unwrap()).unwrap();
        let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
        for vector in &group.tests {
            let verified = vector.jws().as_deref().and_then(parts).is_some_and(|parts| {
                let verified = public.verify(&RSA_PKCS1_2048_8192_SHA256, parts.message.as_bytes(), &parts.signature);
                parts.header["alg"] == "RS256" && verified.is_ok()
            });
            assert_eq!(verified, vector.is_valid(), "{}", vector.tc_id);
            if verified { accepted += 1 } else { refused += 1 }
        }
    }
    assert_eq!((accepted, refused), (6, 225));
}

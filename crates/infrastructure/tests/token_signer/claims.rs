//! What is tried with claims by whoever has the key, and what a token says.

use proptest::prelude::*;

use super::*;

const ALGORITHM: SigningAlgorithm = SigningAlgorithm::Es256;

/// A genuine payload with one change, under the signer's own signature.
fn forged(change: impl FnOnce(&mut Value)) -> String {
    let signer = signer(ALGORITHM);
    let (_, mut payload) = genuine(&signer);
    change(&mut payload);
    forge(ALGORITHM)(&written_header(&signer), &payload.to_string())
}

#[test]
fn the_payload_is_what_the_contract_says() {
    let (_, payload) = genuine(&signer(ALGORITHM));
    let id = |last| format!("00000000-0000-0000-0000-00000000000{last}");
    let expected = json!({
        "iss": "https://login.example.com", "aud": "https://api.example.com", "client_id": "doorward",
        "sub": id(1), "sid": id(2), "jti": id(3), "epoch": 4, "role": "EMPLOYER",
        "iat": 1_800_000_000, "nbf": 1_800_000_000, "exp": 1_800_000_600,
        "email": "jane@example.com", "name": "Jane Doe",
        "userId": id(1), "sessionId": id(2), "id": id(1),
    });
    assert_eq!(payload, expected);
}

#[test]
fn extra_claims_stand_only_where_they_are_asked_for() {
    let names = ["userId", "sessionId", "id"];
    for asked in [[false; 3], [true, false, false], [false, true, false], [false, false, true]] {
        let [user_id, session_id, id] = asked;
        let options = JwtOptions { extra_claims: ExtraClaims { user_id, session_id, id }, ..options() };
        let signer = signer_with(ALGORITHM, options);
        let (_, payload) = genuine(&signer);
        assert_eq!(names.map(|name| payload.get(name).is_some()), asked);
    }
}

#[test]
fn a_token_lives_no_longer_than_its_claims_say() {
    let signer = signer(ALGORITHM);
    let precise = AccessClaims {
        issued_at: now() + Duration::from_micros(999_999),
        expires_at: now() + TTL + Duration::from_micros(999_999),
        ..claims()
    };
    let token = signer.sign(&precise, now()).unwrap();
    assert_eq!(signer.verify(token.expose(), precise.issued_at), Ok(claims()), "cut to the second");
    assert_eq!(signer.verify(token.expose(), now() + TTL), Err(VerifyError::Expired));
}

#[test]
fn a_life_of_part_of_a_second_more_is_accepted_as_signed() {
    let access_ttl = Duration::from_millis(1_500);
    let signer = signer_with(ALGORITHM, JwtOptions { access_ttl, ..options() });
    let issued_at = now() + Duration::from_millis(600);
    let token =
        signer.sign(&AccessClaims { issued_at, expires_at: issued_at + access_ttl, ..claims() }, issued_at).unwrap();
    assert!(signer.verify(token.expose(), issued_at).is_ok());
    assert_eq!(signer.verify(token.expose(), issued_at + access_ttl), Err(VerifyError::Expired));
}

#[test]
fn nodes_may_be_two_seconds_apart_and_no_more() {
    let signer = signer(ALGORITHM);
    let token = signer.sign(&claims(), now()).unwrap();
    let verify = |behind| signer.verify(token.expose(), now() - Duration::from_micros(behind));
    assert!(verify(2_000_000).is_ok());
    assert_eq!(verify(2_000_001), Err(VerifyError::Invalid));
}

#[test]
fn iat_is_nbf() {
    refuses(&signer(ALGORITHM), &forged(|payload| payload["iat"] = json!(1_799_999_999)));
    refuses(&signer(ALGORITHM), &forged(|payload| payload["nbf"] = json!(1_799_999_999)));
}

#[test]
fn a_token_that_ends_before_it_begins_is_refused() {
    refuses(&signer(ALGORITHM), &forged(|payload| payload["exp"] = json!(1_799_999_999)));
}

#[test]
fn another_clients_token_is_refused() {
    refuses(&signer(ALGORITHM), &forged(|payload| payload["client_id"] = json!("other")));
}

#[test]
fn half_a_profile_is_refused_and_so_is_an_empty_one() {
    for claim in ["email", "name"] {
        refuses(&signer(ALGORITHM), &forged(|payload| drop(payload.as_object_mut().unwrap().remove(claim))));
        for other in [json!(null), json!(1), json!(["a"])] {
            refuses(&signer(ALGORITHM), &forged(|payload| payload[claim] = other));
        }
    }
    let both_null = forged(|payload| ["email", "name"].into_iter().for_each(|claim| payload[claim] = Value::Null));
    refuses(&signer(ALGORITHM), &both_null);
}

#[test]
fn a_claim_of_a_later_version_means_nothing_yet() {
    let token = forged(|payload| payload["later"] = json!({ "any": ["thing"] }));
    assert_eq!(signer(ALGORITHM).verify(&token, now()), Ok(claims()));
}

#[test]
fn a_claim_that_means_nothing_may_not_stand_twice_either() {
    let signer = signer(ALGORITHM);
    let (_, payload) = genuine(&signer);
    let payload = payload.to_string();
    let twice = format!("{},\"x\":1,\"x\":1}}", &payload[..payload.len() - 1]);
    refuses(&signer, &forge(ALGORITHM)(&written_header(&signer), &twice));
}

#[test]
fn an_authentic_token_of_more_than_8_kib_is_refused() {
    let padded = |length: usize| forged(|payload| payload["x"] = json!("x".repeat(length)));
    assert!(padded(5_000).len() < 8 * 1024);
    assert_eq!(signer(ALGORITHM).verify(&padded(5_000), now()), Ok(claims()));
    refuses(&signer(ALGORITHM), &padded(6_500));
}

#[test]
fn a_deployments_name_is_in_its_tokens() {
    let token = signer(ALGORITHM).sign(&claims(), now()).unwrap();
    let renamed = JwtOptions { issuer: "https://login.example.org".to_owned(), ..options() };
    refuses(&signer_with(ALGORITHM, renamed), token.expose());
}

proptest! {
    #[test]
    fn no_text_is_a_token_nor_a_panic(text in any::<String>(), parts in "[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,4}") {
        let signer = signer(ALGORITHM);
        let header = URL_SAFE_NO_PAD.encode(written_header(&signer));
        for token in [text.clone(), parts.clone(), format!("{header}.{text}"), format!("{header}.{parts}")] {
            prop_assert_eq!(signer.verify(&token, now()), Err(VerifyError::Invalid));
        }
    }

    #[test]
    fn no_payload_is_a_panic(payload in any::<String>()) {
        let signer = signer(ALGORITHM);
        let token = forge(ALGORITHM)(&written_header(&signer), &payload);
        prop_assert_eq!(signer.verify(&token, now()), Err(VerifyError::Invalid));
    }
}

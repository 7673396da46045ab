//! Which tokens are accepted, for the first time and again.

use doorward_verifier::{LostFeed, Refusal, VerifyError};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_good_token_is_accepted_again_and_again_without_a_request() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.until_waiting(1).await;
    let (keys, feed) = (stub.key_requests(), stub.feed_requests().len());
    let token = stub.token(JANE);
    for _ in 0..100 {
        let claims = verifier.verify(&token).await.unwrap();
        assert_eq!((claims.subject, claims.session_id), (JANE.subject, JANE.session));
    }
    assert_eq!((stub.key_requests(), stub.feed_requests().len()), (keys, feed));
}

#[tokio::test]
async fn a_token_that_was_accepted_is_refused_when_it_has_expired() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Accept).leeway(seconds(2)).start().await.unwrap();
    let token = stub.token(JANE);
    assert!(verifier.verify(&token).await.is_ok());
    stub.clock().advance(seconds(601));
    assert!(verifier.verify(&token).await.is_ok(), "the leeway");
    stub.clock().advance(seconds(1));
    assert_eq!(refused(verifier.verify(&token).await), Refusal::Expired.into());
}

#[tokio::test]
async fn a_token_that_was_accepted_is_refused_with_any_change() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let token = stub.token(JANE);
    assert!(verifier.verify(&token).await.is_ok());
    let other = stub.token(Person { epoch: 4, ..JANE });
    let [payload, signature] = [1, 2].map(|part| token.split('.').nth(part).unwrap());
    let changed = [
        token.replace(payload, other.split('.').nth(1).unwrap()),
        token.replace(signature, other.split('.').nth(2).unwrap()),
        format!("{token} "),
        token[..token.len() - 1].to_owned(),
        "x".repeat(1024 * 1024),
    ];
    for token in changed {
        assert!(matches!(verifier.verify(&token).await, Err(VerifyError::Refused(_))));
    }
}

#[tokio::test]
async fn a_token_is_refused_when_its_key_is_no_longer_published() {
    let stub = Stub::start().await;
    stub.set(|state| state.max_age = 1);
    let verifier = start(&stub).await;
    let token = stub.token(JANE);
    assert!(verifier.verify(&token).await.is_ok());
    stub.rotate("second");
    stub.set(|state| drop(state.keys.remove(0)));
    // Whoever asks for the second time from here on has had the answer to the first.
    let asked = stub.key_requests();
    stub.until(|state| state.has_asked_for_keys(asked + 2)).await;
    assert_eq!(refused(verifier.verify(&token).await), Refusal::UnknownKey("first".to_owned()).into());
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
}

#[tokio::test]
async fn issuer_audience_and_client_are_those_that_were_said() {
    let stub = Stub::start().await;
    let build = || builder(&stub, LostFeed::Refuse);
    let token = stub.token(JANE);
    let of_client = build().client_id("doorward").start().await.unwrap();
    assert!(of_client.verify(&token).await.is_ok());
    let outcome = build().client_id("another").start().await.unwrap().verify(&token).await;
    assert_eq!(refused(outcome), Refusal::Client.into());
    let outcome = build().audience("another").start().await.unwrap().verify(&token).await;
    assert_eq!(refused(outcome), Refusal::Audience.into());
    let outcome = build().max_life(seconds(599)).start().await.unwrap().verify(&token).await;
    assert_eq!(refused(outcome), Refusal::Life.into());

    stub.set(|state| state.page_with = json!({ "iss": "https://login.example.com" }));
    let elsewhere = build().issuer("https://login.example.com").start().await.unwrap();
    assert_eq!(refused(elsewhere.verify(&token).await), Refusal::Issuer.into());
}

#[tokio::test]
async fn no_more_tokens_are_remembered_than_allowed_and_every_one_is_judged_rightly() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Refuse).max_tokens(4).start().await.unwrap();
    let people = (0..32).map(|n| Person { session: Uuid::from_u128(n), ..JANE });
    let tokens: Vec<_> = people.map(|person| (person, stub.token(person))).collect();
    for (person, token) in tokens.iter().chain(&tokens) {
        assert_eq!(verifier.verify(token).await.unwrap().session_id, person.session);
    }
}

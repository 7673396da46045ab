//! Which pages of the feed are taken in.

use std::sync::Arc;

use doorward_verifier::{FeedError, KeysError, LostFeed, Refusal, StartError, VerifyError};
use serde_json::{Value, json};

use super::{stub::Key, *};

/// Why the verifier does not start with such a page.
async fn with_page(stub: &Stub, page: Value) -> FeedError {
    stub.set(|state| state.page_with = page);
    match builder(stub, LostFeed::Accept).start().await {
        Err(StartError::Feed(error)) => error,
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test]
async fn a_page_that_is_not_what_was_asked_for_is_refused() {
    let stub = Stub::start().await;
    let now = doorward_verifier::Clock::now(&stub.clock());
    let pages = [
        (json!({ "iss": "https://login.example.com" }), Refusal::Issuer),
        (json!({ "after": "1", "next": "1" }), Refusal::Cursor),
        (json!({ "iat": now - 36 }), Refusal::Expired),
        (json!({ "iat": now + 6 }), Refusal::NotYet),
        (json!({ "entries": [{ "jti": "a" }] }), Refusal::Claims),
    ];
    for (page, why) in pages {
        match with_page(&stub, page.clone()).await {
            FeedError::Refused(refusal) => assert_eq!(refusal, why, "{page}"),
            other => panic!("{page}: {other}"),
        }
    }
    assert!(matches!(with_page(&stub, json!({ "complete": false })).await, FeedError::Stuck));
}

#[tokio::test]
async fn a_page_of_a_key_that_is_not_published_is_refused() {
    let stub = Stub::start().await;
    stub.set(|state| state.page_key = Some(Arc::new(Key::generate("forged"))));
    let refusal = with_page(&stub, json!({})).await;
    assert!(matches!(refusal, FeedError::Refused(Refusal::UnknownKey(id)) if id == "forged"));
    assert_eq!(stub.key_requests(), 2, "the keys were asked for it");
}

#[tokio::test]
async fn a_page_of_a_new_key_is_taken_in_whatever_tokens_have_asked_for() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.rotate("second");
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::SessionEnded);
}

#[tokio::test]
async fn a_page_of_a_revoked_key_is_refused() {
    let stub = Stub::start().await;
    let stolen = stub.rotate("stolen");
    let verifier = start(&stub).await;
    stub.rotate("new");
    stub.set(|state| state.page_key = Some(stolen));
    stub.revoke(json!({ "kid": "stolen" }));
    stub.until_read_to(1).await;
    // The stub goes on signing with it, as a thief would.
    stub.revoke_session(JANE.session);
    stub.until_read_again().await;
    stub.until_read_again().await;
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok(), "nothing was taken in");
    stub.set(|state| state.page_key = None);
    stub.until_read_to(2).await;
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::SessionEnded);
}

#[tokio::test]
async fn a_set_with_two_keys_of_one_name_is_refused() {
    let stub = Stub::start().await;
    stub.rotate("first");
    let outcome = builder(&stub, LostFeed::Accept).start().await;
    assert!(matches!(outcome, Err(StartError::Keys(KeysError::Set(_)))));
}

//! What holds while nobody knows what was revoked.

use std::sync::Arc;

use doorward_verifier::{Clock as _, LostFeed, Refusal, VerifyError};
use serde_json::json;

use super::{stub::Answer, *};

fn unavailable() -> Answer {
    Answer::Other(503, String::new(), String::new())
}

#[tokio::test]
async fn without_the_feed_no_token_is_accepted_where_that_was_chosen() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.until_waiting(1).await;
    stub.set(|state| state.feed_answer = unavailable());
    stub.until_read_again().await;
    let token = stub.token(JANE);
    stub.clock().advance(seconds(30));
    assert!(verifier.feed_is_current());
    assert!(verifier.verify(&token).await.is_ok());
    stub.clock().advance(seconds(1));
    assert!(!verifier.feed_is_current());
    for token in [token.as_str(), "no token"] {
        assert_eq!(refused(verifier.verify(token).await), VerifyError::FeedLost);
    }
    stub.set(|state| state.feed_answer = Answer::Good);
    stub.until_followed().await;
    assert!(verifier.feed_is_current());
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn without_the_feed_signatures_alone_count_where_that_was_chosen() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Accept).lost_after(seconds(15)).start().await.unwrap();
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    stub.set(|state| state.feed_answer = unavailable());
    stub.clock().advance(seconds(16));
    assert!(!verifier.feed_is_current());
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::SessionEnded, "what is known counts");
    let other = Person { session: Uuid::from_u128(3), ..JANE };
    assert!(verifier.verify(&stub.token(other)).await.is_ok());
    assert!(verifier.verify("no token").await.is_err());
}

#[tokio::test]
async fn a_clock_on_the_wall_that_is_set_back_makes_no_feed_current() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.set(|state| state.feed_answer = unavailable());
    stub.clock().elapse(seconds(31));
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::FeedLost);
}

#[tokio::test]
async fn what_was_revoked_while_the_feed_was_lost_is_known_when_it_is_back() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let token = stub.token(JANE);
    assert!(verifier.verify(&token).await.is_ok());
    stub.set(|state| state.feed_answer = unavailable());
    stub.clock().advance(seconds(40));
    stub.revoke_session(JANE.session);
    assert_eq!(refused(verifier.verify(&token).await), VerifyError::FeedLost);
    stub.set(|state| state.feed_answer = Answer::Good);
    stub.until_read_to(1).await;
    assert_eq!(refused(verifier.verify(&token).await), VerifyError::SessionEnded);
}

#[tokio::test]
async fn a_page_that_is_sent_twice_keeps_no_feed_current() {
    let stub = Stub::start().await;
    let made_at = stub.clock().now();
    let verifier = start(&stub).await;
    stub.set(|state| state.page_with = json!({ "iat": made_at }));
    for _ in 0..3 {
        stub.clock().advance(seconds(8));
        stub.until_waiting(1).await;
        stub.tick();
        stub.until_read_again().await;
    }
    assert!(verifier.feed_is_current());
    stub.clock().advance(seconds(7));
    assert!(!verifier.feed_is_current());
}

/// Sends a page of this moment to whoever waits, and waits until it was taken in.
async fn send_page(stub: &Stub, made_at: i64) {
    stub.until_waiting(1).await;
    stub.set(|state| state.page_with = json!({ "iat": made_at }));
    stub.tick();
    stub.until_read_again().await;
}

#[tokio::test]
async fn pages_that_somebody_keeps_on_their_way_make_no_feed_current() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let begun = stub.clock().now();
    // One after the other, each as it was half a minute before.
    for second in 1..=5 {
        stub.clock().advance(seconds(8));
        send_page(&stub, begun + second * 8 - 30).await;
    }
    assert!(verifier.feed_is_current());
    stub.clock().advance(seconds(1));
    assert!(!verifier.feed_is_current());
    send_page(&stub, begun + 41 - 31).await;
    assert!(!verifier.feed_is_current(), "a newer page, and as late");
    send_page(&stub, begun + 41).await;
    assert!(verifier.feed_is_current());
}

#[tokio::test]
async fn a_page_that_is_late_when_the_service_starts_makes_no_feed_current() {
    let stub = Stub::start().await;
    let now = stub.clock().now();
    stub.set(|state| state.page_with = json!({ "iat": now - 31 }));
    let verifier = start(&stub).await;
    assert!(!verifier.feed_is_current());
}

#[tokio::test]
async fn a_page_that_is_older_than_the_feed_may_be_is_not_taken_in() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Accept).lost_after(seconds(15)).start().await.unwrap();
    stub.clock().advance(seconds(60));
    let now = stub.clock().now();
    stub.set(|state| state.page_with = json!({ "iat": now - 21 }));
    stub.revoke_session(JANE.session);
    stub.until_read_again().await;
    stub.until_read_again().await;
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
    stub.set(|state| state.page_with = json!({ "iat": now - 20 }));
    stub.until_read_to(1).await;
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::SessionEnded);
    assert!(!verifier.feed_is_current());
}

#[tokio::test]
async fn clocks_that_are_apart_by_the_leeway_lose_no_feed_that_is_asked_in_time() {
    for lost_after in [15, 30, 60] {
        let stub = Stub::start().await;
        let verifier = builder(&stub, LostFeed::Refuse).lost_after(seconds(lost_after)).start().await.unwrap();
        stub.until_waiting(1).await;
        let query = stub.feed_requests().pop().unwrap();
        let wait = query.split_once("wait=").unwrap().1.parse().unwrap();
        // The service's clock is ahead, and the server has read its log as long ago as it may; then its is ahead.
        for apart in [-10, -10, -10, 5, 5] {
            stub.clock().advance(seconds(wait));
            assert!(verifier.feed_is_current(), "{lost_after} {apart}");
            send_page(&stub, stub.clock().now() + apart).await;
            assert!(verifier.feed_is_current(), "{lost_after} {apart}");
        }
    }
}

#[tokio::test]
async fn a_feed_that_may_be_silent_for_good_is_never_lost() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Refuse).lost_after(Duration::MAX).start().await.unwrap();
    stub.set(|state| state.feed_answer = unavailable());
    stub.clock().advance(seconds(1_000_000));
    assert!(verifier.feed_is_current());
}

#[tokio::test]
async fn a_key_whose_end_has_left_the_feed_meanwhile_is_not_believed_when_it_is_back() {
    let stub = Stub::start().await;
    let revoked = stub.rotate("revoked");
    stub.rotate("signing");
    let verifier = start(&stub).await;
    let token = stub.token_by(&revoked, JANE);
    assert!(verifier.verify(&token).await.is_ok());
    stub.until_waiting(1).await;
    stub.set(|state| {
        state.feed_answer = unavailable();
        state.keys_answer = unavailable();
        state.keys.retain(|key| !Arc::ptr_eq(key, &revoked));
    });
    stub.until_read_again().await;
    stub.clock().advance(seconds(633));
    stub.set(|state| state.feed_answer = Answer::Good);
    for _ in 0..2 {
        stub.until_read_again().await;
        assert_eq!(stub.feed_requests().last().unwrap(), "after=0&wait=0");
        assert!(!verifier.feed_is_current(), "nobody knows which keys are good");
    }
    stub.set(|state| state.keys_answer = Answer::Good);
    stub.until_followed().await;
    assert!(verifier.feed_is_current());
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
    assert_eq!(refused(verifier.verify(&token).await), Refusal::UnknownKey("revoked".to_owned()).into());
}

#[tokio::test]
async fn a_feed_of_which_the_end_was_not_read_is_not_current() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.clock().advance(seconds(20));
    stub.set(|state| state.page_with = json!({ "complete": false }));
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    assert!(verifier.feed_is_current());
    stub.clock().advance(seconds(11));
    assert!(!verifier.feed_is_current());
}

#[tokio::test]
async fn a_feed_that_says_more_than_can_be_remembered_is_lost() {
    let stub = Stub::start().await;
    let builder = builder(&stub, LostFeed::Refuse).max_revocations(2).max_life(seconds(600));
    let verifier = builder.start().await.unwrap();
    stub.set(|state| state.page_len = 2);
    for session in 10..13 {
        stub.revoke_session(Uuid::from_u128(session));
    }
    stub.until_read_to(2).await;
    stub.clock().advance(seconds(31));
    for _ in 0..2 {
        stub.until_read_again().await;
        assert_eq!(stub.feed_requests().last().unwrap(), "after=2&wait=0", "the same page again");
    }
    assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::FeedLost);
    // What was there first is over.
    stub.clock().advance(seconds(632));
    stub.until_followed().await;
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
}

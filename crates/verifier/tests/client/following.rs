//! What the feed says, and when it counts.

use doorward_verifier::{Refusal, VerifyError};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_session_that_ends_takes_its_tokens_along_and_no_others() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let other = Person { session: Uuid::from_u128(3), ..JANE };
    let [seen, others] = [JANE, other].map(|person| stub.token(person));
    assert!(verifier.verify(&seen).await.is_ok());
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    let unseen = stub.token(Person { epoch: 9, ..JANE });
    for token in [seen, unseen] {
        assert_eq!(refused(verifier.verify(&token).await), VerifyError::SessionEnded);
    }
    assert!(verifier.verify(&others).await.is_ok());
}

#[tokio::test]
async fn a_change_of_the_subject_ends_the_tokens_of_earlier_epochs_and_no_later_ones() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let tokens = [2, 3, 4].map(|epoch| stub.token(Person { epoch, ..JANE }));
    assert!(verifier.verify(&tokens[0]).await.is_ok());
    stub.revoke_subject(JANE.subject, 4);
    stub.until_read_to(1).await;
    for token in &tokens[..2] {
        assert_eq!(refused(verifier.verify(token).await), VerifyError::StaleClaims);
    }
    assert!(verifier.verify(&tokens[2]).await.is_ok());
}

#[tokio::test]
async fn a_key_that_was_revoked_is_dead_at_once_and_never_comes_back() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let seen = stub.token(JANE);
    assert!(verifier.verify(&seen).await.is_ok());
    stub.rotate("second");
    stub.revoke(json!({ "kid": "first" }));
    stub.until_read_to(1).await;
    // The stub publishes it on, as a cache on the way would. The keys are fetched for the page and for what it says:
    // the second answer has come when the feed has been asked once more.
    stub.until(|state| state.has_asked_for_keys(3)).await;
    stub.until_waiting(1).await;
    stub.tick();
    stub.until_read_again().await;
    stub.clock().advance(seconds(20));
    assert_eq!(refused(verifier.verify(&seen).await), VerifyError::KeyRevoked);
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
    let third = stub.rotate("third");
    assert!(verifier.verify(&stub.token_by(&third, JANE)).await.is_ok());
    assert_eq!(refused(verifier.verify(&seen).await), VerifyError::KeyRevoked);
}

#[tokio::test]
async fn the_key_in_the_place_of_a_revoked_one_is_known_without_a_token_that_names_it() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.until_waiting(1).await;
    stub.rotate("second");
    stub.revoke(json!({ "kid": "first" }));
    stub.until_read_to(1).await;
    stub.until(|state| state.has_asked_for_keys(2)).await;
    let before = stub.key_requests();
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
    assert_eq!(stub.key_requests(), before);
}

#[tokio::test]
async fn the_start_reads_every_page_that_is_there() {
    let stub = Stub::start().await;
    stub.set(|state| state.page_len = 2);
    for session in 10..15 {
        stub.revoke_session(Uuid::from_u128(session));
    }
    let verifier = start(&stub).await;
    assert_eq!(stub.feed_requests()[..3], ["after=0&wait=0", "after=2&wait=0", "after=4&wait=0"]);
    for session in 10..15 {
        let token = stub.token(Person { session: Uuid::from_u128(session), ..JANE });
        assert_eq!(refused(verifier.verify(&token).await), VerifyError::SessionEnded);
    }
    stub.until_waiting(1).await;
    assert_eq!(stub.feed_requests()[3..], ["after=5&wait=13"]);
}

#[tokio::test]
async fn a_revocation_is_forgotten_when_no_token_can_go_against_it() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Accept).max_life(seconds(600)).start().await.unwrap();
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    let token = stub.token(JANE);
    stub.clock().elapse(seconds(631));
    stub.until_waiting(1).await;
    stub.tick();
    stub.until_read_again().await;
    assert_eq!(refused(verifier.verify(&token).await), VerifyError::SessionEnded);
    stub.clock().elapse(seconds(11));
    stub.until_waiting(1).await;
    stub.tick();
    stub.until_read_again().await;
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn a_token_that_was_revoked_does_not_live_again_when_later_ones_live_shorter() {
    let stub = Stub::start().await;
    let key = stub.rotate("second");
    let verifier = builder(&stub, LostFeed::Accept).start().await.unwrap();
    let mut payload = stub.payload(JANE);
    payload["exp"] = json!(payload["iat"].as_i64().unwrap() + 3600);
    let token = key.sign("at+jwt", &payload);
    // From here on tokens live for half a minute.
    stub.set(|state| state.page_with = json!({ "retention": 62 }));
    stub.revoke_session(JANE.session);
    stub.until_read_to(1).await;
    for (later, is_accepted) in [(73, false), (3536, false), (11, true)] {
        stub.clock().elapse(seconds(later));
        stub.until_waiting(1).await;
        stub.tick();
        stub.until_read_again().await;
        assert_eq!(verifier.verify(&token).await.is_ok(), is_accepted, "{later}");
    }
}

#[tokio::test]
async fn a_restored_backup_is_read_from_its_beginning_and_nothing_is_forgotten() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let lost = Person { session: Uuid::from_u128(3), ..JANE };
    let later = Person { session: Uuid::from_u128(4), ..JANE };
    stub.revoke_session(JANE.session);
    stub.revoke_session(lost.session);
    stub.until_read_to(2).await;
    stub.set(|state| state.log.truncate(1));
    stub.until_read_to(0).await;
    stub.until_read_to(1).await;
    stub.revoke_session(later.session);
    stub.until_read_to(2).await;
    for person in [JANE, lost, later] {
        assert_eq!(refused(verifier.verify(&stub.token(person)).await), VerifyError::SessionEnded);
    }
}

#[tokio::test]
async fn a_token_of_an_unknown_key_says_nothing_about_revoked_ones() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.clock().advance(seconds(2));
    let forged = stub.token_by(&stub::Key::generate("none"), JANE);
    assert_eq!(refused(verifier.verify(&forged).await), Refusal::UnknownKey("none".to_owned()).into());
}

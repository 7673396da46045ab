//! How the keys are fetched.

use doorward_verifier::{LostFeed, Refusal, VerifyError};
use futures_util::future::{join_all, poll_immediate};

use super::{
    stub::{Answer, Key},
    *,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_tokens_of_a_new_key_cause_one_fetch() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.rotate("second");
    stub.clock().advance(seconds(2));
    let token = stub.token(JANE);
    let outcomes = join_all((0..500).map(|_| {
        let (verifier, token) = (verifier.clone(), token.clone());
        tokio::spawn(async move { verifier.verify(&token).await })
    }));
    assert!(outcomes.await.into_iter().all(|outcome| outcome.unwrap().is_ok()));
    assert_eq!(stub.key_requests(), 2);
}

#[tokio::test]
async fn forged_keys_cause_one_fetch_in_an_interval() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let forged: Vec<_> = (0..1_000).map(|n| stub.token_by(&Key::generate(&format!("forged-{n}")), JANE)).collect();
    let storm = async || {
        for outcome in join_all(forged.iter().map(|token| verifier.verify(token))).await {
            assert!(matches!(outcome, Err(VerifyError::Refused(Refusal::UnknownKey(_)))), "{outcome:?}");
        }
        stub.key_requests()
    };
    assert_eq!(storm().await, 1, "the start has just fetched them");
    stub.clock().advance(seconds(2));
    assert_eq!(storm().await, 2);
    assert_eq!(storm().await, 2);
    stub.clock().advance(seconds(2));
    assert_eq!(storm().await, 3);
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
}

#[tokio::test]
async fn who_gives_up_waiting_for_the_keys_takes_them_from_nobody() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.rotate("second");
    stub.clock().advance(seconds(2));
    stub.set(|state| state.keys_answer = Answer::Nothing);
    let token = stub.token(JANE);
    let mut patient = Box::pin(verifier.verify(&token));
    let mut impatient = Box::pin(verifier.verify(&token));
    for waiting in [&mut impatient, &mut patient] {
        assert!(poll_immediate(waiting).await.is_none());
    }
    stub.until(|state| state.has_asked_for_keys(2)).await;
    drop(impatient);
    stub.set(|state| state.keys_answer = Answer::Good);
    assert!(patient.await.is_ok());
    assert_eq!(stub.key_requests(), 2);
}

#[tokio::test]
async fn while_no_keys_can_be_had_those_that_are_known_stay() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let token = stub.token(JANE);
    stub.rotate("second");
    for answer in [Answer::Other(500, String::new(), String::new()), Answer::Other(200, String::new(), "{}".into())] {
        stub.set(|state| state.keys_answer = answer);
        stub.clock().advance(seconds(2));
        assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::KeysUnavailable);
        assert_eq!(refused(verifier.verify(&stub.token(JANE)).await), VerifyError::KeysUnavailable, "not asked again");
        assert!(verifier.verify(&token).await.is_ok());
    }
    assert_eq!(stub.key_requests(), 3);
    stub.set(|state| state.keys_answer = Answer::Good);
    stub.clock().advance(seconds(2));
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
}

#[tokio::test]
async fn a_new_key_is_known_before_the_set_without_it_has_outlived_its_cache_life() {
    let stub = Stub::start().await;
    stub.set(|state| state.max_age = 1);
    let verifier = start(&stub).await;
    stub.rotate("second");
    stub.until(|state| state.has_asked_for_keys(3)).await;
    let asked = stub.key_requests();
    assert!(verifier.verify(&stub.token(JANE)).await.is_ok());
    assert_eq!(stub.key_requests(), asked, "nobody had to ask for it");
}

#[tokio::test]
async fn a_server_that_publishes_no_key_is_none_to_verify_tokens_of() {
    let stub = Stub::start().await;
    stub.set(|state| state.keys.clear());
    let error = builder(&stub, LostFeed::Refuse).start().await.err().unwrap();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string().split(':').next(),
        Some("the server publishes no usable key")
    );
}

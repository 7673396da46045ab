//! How long the verifier works.

use doorward_verifier::LostFeed;

use super::{stub::Answer, *};

#[tokio::test]
async fn the_last_clone_takes_the_tasks_along() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let clone = verifier.clone();
    stub.until_waiting(1).await;
    drop(verifier);
    stub.tick();
    stub.until_read_again().await;
    assert!(clone.verify(&stub.token(JANE)).await.is_ok());
    stub.until_waiting(1).await;
    drop(clone);
    let asked = stub.feed_requests().len();
    stub.tick();
    stub.until_alone().await;
    assert_eq!(stub.feed_requests().len(), asked, "nobody reads on");
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing_behind() {
    let stub = Stub::start().await;
    stub.set(|state| {
        state.max_age = 1;
        state.feed_answer = Answer::Other(500, String::new(), String::new());
    });
    assert!(builder(&stub, LostFeed::Refuse).start().await.is_err());
    stub.until_alone().await;
}

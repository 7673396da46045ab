//! Answers that this deployment cannot read.

use doorward_application::ports::Claimed;
use doorward_domain::Secret;
use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_testkit::builders::{claim, noon};
use sea_orm::ConnectionTrait as _;

use crate::{on_both_databases, raw, two_processes, write};

on_both_databases! {
    an_answer_that_nobody_can_read_is_an_error_and_the_request_is_not_done_again
}

async fn an_answer_that_nobody_can_read_is_an_error_and_the_request_is_not_done_again(database: ScratchDatabase) {
    let [store, _] = two_processes(&database).await;
    let mut unit = write(&store).await;
    for n in [1, 2] {
        let claim = claim(n);
        assert!(matches!(unit.kept_answers().claim(&claim, noon()).await.unwrap(), Claimed::Ours));
        assert!(unit.kept_answers().keep(&claim.key, claim.holder, &Secret::new(vec![1])).await.unwrap());
    }
    unit.commit().await.unwrap();
    // Sealed, but for another row.
    let raw = raw(&database).await;
    let moved = "UPDATE kept_answers SET answer = (SELECT answer FROM kept_answers ORDER BY key LIMIT 1)";
    raw.execute_unprepared(moved).await.unwrap();
    let mut errors = Vec::new();
    for n in [1, 2] {
        errors.extend(write(&store).await.kept_answers().claim(&claim(n), noon()).await.err());
    }
    assert_eq!(errors.len(), 1);
    let error = errors[0].to_string();
    assert!(error.contains("table kept_answers, column answer, row "), "{error}");
    assert!(
        error.ends_with(": sealed under neither secrets.master nor any of secrets.previous, or damaged"),
        "{error}"
    );
}

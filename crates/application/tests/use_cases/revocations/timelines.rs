//! A log that is another than it was.

use std::sync::Arc;

use doorward_application::{
    Fault,
    ports::{Access, Store as _},
    revocations::Followed,
};
use doorward_testkit::MemoryStore;

use super::stage::{SECOND, Stage, ended, payload, told};
use crate::world::World;

#[tokio::test]
async fn a_log_that_lost_its_end_and_went_on_is_not_taken_for_the_one_that_was_read() {
    let stage = Stage::new();
    let replica = MemoryStore::new();
    for store in [&stage.world.store, &replica] {
        stage.log(store, &[ended(1), ended(2)]).await;
    }
    stage.world.advance(SECOND);
    // The replica never gets this.
    stage.log(&stage.world.store, &[ended(3)]).await;
    assert_eq!(stage.follow().await, Followed::OnTheWay);
    let lost = stage.read(0).await.unwrap();
    assert_eq!(told(&lost), [1, 2, 3]);

    stage.world.advance(SECOND);
    stage.replace(&replica);
    stage.log(&replica, &[ended(4), ended(5), ended(6)]).await;
    assert_eq!(stage.follow().await, Followed::SetBack);
    let page = stage.read(0).await.unwrap();
    assert_eq!(told(&page), [1, 2, 4, 5, 6]);
    assert_eq!(stage.follow().await, Followed::OnTheWay);
    assert!(page.next > lost.next, "no position is given again");

    let elsewhere = stage.read(lost.next).await.unwrap();
    assert_eq!((told(&elsewhere), elsewhere.next), (vec![], 0), "who has read the other log begins anew");
    assert!(payload(&elsewhere).contains(r#""complete":false"#));
}

#[tokio::test]
async fn a_log_that_was_set_back_and_is_written_to_by_nobody_is_not_taken_for_the_one_that_was_read() {
    let stage = Stage::new();
    let backup = MemoryStore::new();
    for store in [&stage.world.store, &backup] {
        stage.log(store, &[ended(1)]).await;
    }
    stage.world.advance(SECOND);
    stage.log(&stage.world.store, &[ended(2)]).await;
    stage.follow().await;
    stage.replace(&backup);
    assert_eq!(stage.follow().await, Followed::SetBack);
    assert_eq!(told(&stage.read(0).await.unwrap()), [1]);
}

#[tokio::test]
async fn a_node_that_was_away_until_the_log_was_purged_begins_anew() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    for (n, all_are_gone) in [(2, true), (3, false)] {
        stage.world.advance(SECOND);
        stage.log(&stage.world.store, &[ended(n), ended(n)]).await;
        let mut unit = stage.world.store.begin(Access::Write).await.unwrap();
        unit.revocations().purge(stage.world.now() + SECOND, 99).await.unwrap();
        unit.commit().await.unwrap();
        if !all_are_gone {
            stage.log(&stage.world.store, &[ended(4)]).await;
        }
        assert_eq!(stage.follow().await, Followed::SetBack);
        assert_eq!(stage.follow().await, Followed::OnTheWay);
    }
    assert_eq!(told(&stage.read(0).await.unwrap()), [4]);
}

#[tokio::test]
async fn a_node_that_starts_when_all_of_the_log_was_purged_takes_no_reader_for_one_of_another_log() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    let cursor = stage.read(0).await.unwrap().next;
    let mut unit = stage.world.store.begin(Access::Write).await.unwrap();
    assert_eq!(unit.revocations().purge(stage.world.now() + SECOND, 9).await.unwrap(), 1);
    unit.commit().await.unwrap();

    let restarted = Stage::new();
    restarted.replace(&stage.world.store);
    assert_eq!(restarted.follow().await, Followed::OnTheWay);
    assert_eq!(restarted.read(cursor).await.unwrap().next, cursor);
    assert_eq!(restarted.read(0).await.unwrap().next, cursor);
    restarted.world.advance(SECOND);
    restarted.log(&stage.world.store, &[ended(2)]).await;
    assert_eq!(restarted.follow().await, Followed::OnTheWay);
    assert_eq!(told(&restarted.read(cursor).await.unwrap()), [2]);
}

#[tokio::test]
async fn no_page_is_signed_while_a_log_that_was_set_back_has_not_been_read_to_its_end() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1), ended(2)]).await;
    stage.follow().await;
    stage.read(0).await.unwrap();

    let backup = MemoryStore::new();
    stage.world.advance(SECOND);
    let many: Vec<_> = (0..1_000).map(ended).collect();
    stage.log(&backup, &many).await;
    let there = World::over(backup.clone(), Arc::clone(&stage.world.clock), |_, _| {});
    there.app.operations.tend_keys.execute().await.unwrap();
    stage.replace(&backup);
    // The log can be read, and then the keys that it says have changed cannot.
    stage.let_begin(1);
    assert!(stage.world.app.revocations.follow.execute().await.is_err());
    stage.let_begin(1);
    assert!(matches!(stage.read(0).await, Err(Fault::Store(_))));
    stage.let_begin(99);
    assert!(payload(&stage.read(0).await.unwrap()).contains(r#""complete":true"#));
    assert_eq!(told(&stage.read(0).await.unwrap()).len(), 10);
}

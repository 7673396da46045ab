//! Who waits for something to be told.

use std::{sync::atomic::Ordering, time::Duration};

use doorward_application::{
    Fault,
    revocations::{FeedStream, Followed, ReadFeed},
};
use doorward_testkit::MemoryStore;
use tokio::time::{Instant, advance};

use super::stage::{SECOND, Stage, ended, told};

#[tokio::test(start_paused = true)]
async fn nobody_is_answered_again_and_again_after_the_log_was_set_back() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    let mut stream = stage.world.app.revocations.read_feed.stream(0).await.unwrap();
    assert_eq!(told(&stream.next(SECOND).await.unwrap()), [1]);

    stage.replace(&MemoryStore::new());
    assert_eq!(stage.follow().await, Followed::SetBack);
    let asked = Instant::now();
    assert_eq!(stage.world.app.revocations.read_feed.execute(0, 3 * SECOND).await.unwrap().next, 0);
    assert_eq!(asked.elapsed(), 3 * SECOND);
    stage.follow().await;
    // It is sent back at once, and then waits like everybody.
    for waits in [Duration::ZERO, SECOND, SECOND] {
        let asked = Instant::now();
        assert_eq!(stream.next(SECOND).await.unwrap().next, 0);
        assert_eq!(asked.elapsed(), waits);
    }
}

#[tokio::test]
async fn who_would_wait_beside_too_many_is_refused_and_who_would_not_is_answered() {
    let stage = Stage::new();
    stage.follow().await;
    let feed = &stage.world.app.revocations.read_feed;
    let mut streams = Vec::new();
    for _ in 0..ReadFeed::PLACES {
        streams.push(feed.stream(0).await.unwrap());
    }
    assert!(matches!(feed.stream(0).await, Err(Fault::Crowded)));
    assert!(matches!(feed.execute(0, SECOND).await, Err(Fault::Crowded)));
    assert!(matches!(feed.execute(7, Duration::ZERO).await, Err(Fault::Crowded)), "to catch up is to wait");
    feed.execute(0, Duration::ZERO).await.unwrap();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    assert_eq!(told(&feed.execute(0, SECOND).await.unwrap()), [1], "there is nothing to wait for");
    streams.pop();
    feed.stream(0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_stream_goes_on_for_longer_than_five_minutes() {
    let stage = Stage::new();
    stage.follow().await;
    let begun = Instant::now();
    let mut stream = stage.world.app.revocations.read_feed.stream(0).await.unwrap();
    let read = async { while stream.next(10 * SECOND).await.is_some() {} };
    tokio::select! {
        () = read => {}
        () = stage.keep_following() => {}
    }
    assert_eq!(begun.elapsed(), FeedStream::LIFE);
}

#[tokio::test(start_paused = true)]
async fn a_stream_asks_no_database_and_ends_when_it_cannot_know() {
    let stage = Stage::new();
    stage.follow().await;
    let mut stream = stage.world.app.revocations.read_feed.stream(0).await.unwrap();
    stream.next(SECOND).await.unwrap();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    let begun = stage.current.begun.load(Ordering::SeqCst);
    assert_eq!(told(&stream.next(SECOND).await.unwrap()), [1]);
    assert_eq!(told(&stream.next(SECOND).await.unwrap()), []);
    // Nobody reads the log any more.
    advance(5 * SECOND).await;
    assert!(stream.next(SECOND).await.is_none());
    assert_eq!(stage.current.begun.load(Ordering::SeqCst), begun);
}

#[tokio::test]
async fn nobody_waits_when_the_node_stops() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    let feed = &stage.world.app.revocations.read_feed;
    let mut stream = feed.stream(0).await.unwrap();
    stream.next(SECOND).await.unwrap();
    feed.close();
    // A log that is set back meanwhile changes nothing of that.
    stage.replace(&MemoryStore::new());
    assert_eq!(stage.follow().await, Followed::SetBack);
    assert!(stream.next(SECOND).await.is_none());
    feed.execute(0, Duration::from_hours(1)).await.unwrap();
}

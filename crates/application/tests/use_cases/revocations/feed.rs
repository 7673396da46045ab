//! What a page says, and for how long.

use std::{sync::atomic::Ordering, time::Duration};

use doorward_domain::revocation::{Revocation, position_at};

use super::stage::{SECOND, Stage, ended, payload, told};
use crate::world::{HOUR, MINUTE, World};

fn iat(payload: &str) -> i64 {
    let (_, rest) = payload.split_once(r#""iat":"#).unwrap();
    rest.split([',', '}']).next().unwrap().parse().unwrap()
}

/// What is committed while a page is signed may not be in it.
#[tokio::test]
async fn a_page_does_not_say_that_it_is_newer_than_what_was_read_of_the_log() {
    let stage = Stage::new();
    let begun = stage.world.now();
    stage.follow().await;
    stage.world.advance(4 * SECOND);
    stage.log(&stage.world.store, &[ended(1)]).await;
    let page = stage.read(0).await.unwrap();
    assert_eq!((told(&page), iat(&payload(&page))), (vec![], begun.timestamp()));
    stage.follow().await;
    let page = stage.read(0).await.unwrap();
    assert_eq!((told(&page), iat(&payload(&page))), (vec![1], begun.timestamp() + 4));
    *stage.current.late.lock().unwrap() = 3 * SECOND;
    stage.follow().await;
    assert_eq!(stage.world.now(), begun + 7 * SECOND);
    assert_eq!(iat(&payload(&stage.read(0).await.unwrap())), begun.timestamp() + 4, "not when the reading ended");
}

#[tokio::test]
async fn a_shorter_life_of_tokens_makes_nobody_forget_what_ended_longer_ones() {
    let stage = Stage::with(|settings| settings.tokens.access_ttl = MINUTE);
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.world.advance(HOUR + 30 * SECOND);
    stage.world.app.operations.purge.execute().await.unwrap();
    stage.follow().await;
    let page = stage.read(0).await.unwrap();
    assert_eq!(told(&page), [1], "a token of an hour may have been signed before");
    assert!(payload(&page).contains(r#""retention":3632"#));
    stage.world.advance(3 * SECOND);
    stage.follow().await;
    assert_eq!(told(&stage.read(0).await.unwrap()), []);
}

#[tokio::test]
async fn the_end_of_a_key_is_not_forgotten_while_others_may_still_hold_it() {
    let stage = Stage::with(|settings| settings.keys.cache_life = 2 * HOUR);
    stage.world.app.operations.tend_keys.execute().await.unwrap();
    stage.log(&stage.world.store, &[ended(1), Revocation::KeyRevoked("stolen".to_owned())]).await;
    stage.follow().await;
    let kept = 2 * HOUR + MINUTE / 2;
    stage.world.advance(kept);
    stage.world.app.operations.purge.execute().await.unwrap();
    stage.follow().await;
    let page = stage.read(0).await.unwrap();
    assert_eq!(told(&page), []);
    assert!(payload(&page).contains("stolen"));
    assert!(payload(&page).contains(&format!(r#""retention":{}"#, kept.as_secs())), "and by its readers as long");
    // Also by a node that starts now.
    let started = World::over(stage.world.store.clone(), stage.world.clock.clone(), |_, settings| {
        settings.keys.cache_life = 2 * HOUR;
    });
    let page = started.app.revocations.read_feed.execute(0, Duration::ZERO).await.unwrap();
    assert!(payload(&page).contains("stolen"));
    stage.world.advance(SECOND);
    stage.follow().await;
    assert!(!payload(&stage.read(0).await.unwrap()).contains("stolen"));
}

#[tokio::test]
async fn who_names_a_place_that_is_none_is_not_handed_the_feed_for_each() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1), ended(2)]).await;
    stage.follow().await;
    let first = position_at(stage.world.now());
    for place in [1, first - 1, first + 2, first + 9, u64::MAX] {
        let page = stage.read(place).await.unwrap();
        assert_eq!((told(&page), page.next), (vec![], 0), "{place}");
        assert!(payload(&page).contains(&format!(r#""after":"{place}""#)));
    }
    assert_eq!(told(&stage.read(0).await.unwrap()), [1, 2]);
    assert_eq!(told(&stage.read(first).await.unwrap()), [2]);
    assert_eq!(stage.read(first + 1).await.unwrap().next, first + 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_ahead_of_a_node_makes_it_read_the_log_ten_times_a_second_at_most() {
    let stage = Stage::new();
    stage.log(&stage.world.store, &[ended(1)]).await;
    stage.follow().await;
    let head = position_at(stage.world.now());
    let begun = stage.current.begun.load(Ordering::SeqCst);
    let asked = tokio::time::Instant::now();
    let ahead = (1..=200).map(|n| {
        let stage = &stage;
        async move {
            tokio::time::interval_at(asked + Duration::from_millis(n * 5), SECOND).tick().await;
            stage.read(head + n).await.unwrap()
        }
    });
    futures_util::future::join_all(ahead).await;
    let read = stage.current.begun.load(Ordering::SeqCst) - begun;
    assert!((1..=11).contains(&read), "{read} in {:?}", asked.elapsed());
}

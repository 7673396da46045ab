//! What is over is forgotten, and nothing else.

use std::time::Duration;

use crate::world::{DAY, HOUR, PASSWORD, World, laptop};

async fn purge(world: &World) -> (u64, u64) {
    let purged = world.app.operations.purge.execute().await.unwrap();
    (purged.accounts, purged.rows)
}

#[tokio::test]
async fn an_account_whose_address_nobody_proved_goes_after_seven_days() {
    let world = World::new();
    world.sign_up("nobody@example.com").await;
    world.sign_up("jane@example.com").await;
    world.prove().await;
    world.advance(6 * DAY + 23 * HOUR);
    assert_eq!(purge(&world).await.0, 0);
    world.advance(HOUR);
    assert_eq!(purge(&world).await.0, 1);
    assert!(world.user("nobody@example.com").is_none());
    assert!(world.user("jane@example.com").is_some());
}

#[tokio::test]
async fn where_it_is_so_set_an_unproven_account_stays() {
    let world = World::with(|_, settings| settings.registration.unproven_ttl = None);
    world.sign_up("jane@example.com").await;
    world.advance(400 * DAY);
    assert_eq!(purge(&world).await.0, 0);
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn tokens_go_when_they_have_expired_and_sessions_long_after() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.prove().await;
    world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
    world.deliver().await;
    let tokens = world.store.counts().one_time_tokens;
    assert!(tokens > 0);
    world.advance(DAY);
    purge(&world).await;
    assert_eq!((world.store.counts().one_time_tokens, world.store.counts().sessions), (0, 1));
    world.advance((30 + 90) * DAY);
    purge(&world).await;
    assert_eq!(world.store.counts().sessions, 0);
}

#[tokio::test]
async fn the_audit_log_is_kept_for_as_long_as_it_is_set() {
    let world = World::with(|_, settings| settings.keeping.audit_retention = Some(400 * DAY));
    world.sign_up("jane@example.com").await;
    world.prove().await;
    world.advance(399 * DAY);
    purge(&world).await;
    assert_eq!(world.trail().len(), 2);
    world.advance(DAY + Duration::from_secs(1));
    assert!(purge(&world).await.1 >= 2);
    assert!(world.trail().is_empty());
}

#[tokio::test]
async fn a_node_whose_clock_is_wrong_forgets_nothing() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.advance(8 * DAY);
    let before = world.store.counts();
    world.store.set_unready(true);
    assert!(world.app.operations.purge.execute().await.is_err());
    assert_eq!(world.store.counts(), before);
    world.store.set_unready(false);
    assert_eq!(purge(&world).await.0, 1);
}

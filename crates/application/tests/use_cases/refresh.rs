//! Refresh.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::{
    Fault,
    auth::RefreshError,
    ports::{Access, Store, StoreError, UnitOfWork},
};
use doorward_domain::{session::EndReason, user::UserStatus};
use doorward_testkit::{ManualClock, MemoryStore};

use crate::world::World;

#[tokio::test]
async fn a_repeated_refresh_gives_the_same_token_again() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.advance(Duration::from_mins(1));
    let first = world.refresh(&jane.tokens).await.unwrap();
    world.advance(Duration::from_secs(10));
    let again = world.refresh(&jane.tokens).await.unwrap();
    assert_eq!(first.refresh.expose(), again.refresh.expose());
    assert!(world.is_live(&again).await);
    assert_eq!(again.access_expires_in, Duration::from_secs(590));
}

#[tokio::test]
async fn a_repeated_refresh_gives_no_token_that_has_expired() {
    let world = World::with(|_, settings| settings.tokens.access_ttl = Duration::from_secs(2));
    let jane = world.sign_up("jane@example.com").await;
    let first = world.refresh(&jane.tokens).await.unwrap();
    world.advance(Duration::from_secs(2));
    let again = world.refresh(&jane.tokens).await.unwrap();
    assert_eq!(first.refresh.expose(), again.refresh.expose());
    assert!(!world.is_live(&first).await && world.is_live(&again).await);
    assert_eq!(again.access_expires_in, Duration::from_secs(2));
}

#[tokio::test]
async fn reuse_is_written_down_before_it_is_answered() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let second = world.refresh(&jane.tokens).await.unwrap();
    world.advance(Duration::from_millis(10_001));
    assert!(matches!(world.refresh(&jane.tokens).await, Err(RefreshError::Reused(_))));
    let ended = world.store.sessions()[0].ended.expect("it has ended");
    assert_eq!(ended.reason, EndReason::RefreshTokenReused);
    assert!(!world.is_live(&second).await);
}

#[tokio::test]
async fn reuse_that_cannot_be_written_down_is_a_fault_and_not_a_refusal() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.refresh(&jane.tokens).await.unwrap();
    world.advance(Duration::from_mins(1));
    world.store.fail_at(1);
    assert!(matches!(world.refresh(&jane.tokens).await, Err(RefreshError::Fault(Fault::Store(_)))));
    assert!(matches!(world.refresh(&jane.tokens).await, Err(RefreshError::Reused(_))));
}

#[tokio::test]
async fn a_rotation_that_fails_can_be_tried_again() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.store.fail_at(1);
    assert!(matches!(world.refresh(&jane.tokens).await, Err(RefreshError::Fault(Fault::Store(_)))));
    world.advance(Duration::from_hours(1));
    assert!(world.refresh(&jane.tokens).await.is_ok());
}

#[tokio::test]
async fn a_deactivated_users_session_ends_at_the_refresh() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.edit(&jane.user, |user| user.status = UserStatus::Deactivated).await;
    assert!(matches!(world.refresh(&jane.tokens).await, Err(RefreshError::Invalid)));
    assert!(world.store.sessions()[0].ended.is_some());
}

#[tokio::test]
async fn the_access_token_never_outlives_the_session() {
    let world = World::new();
    let mut tokens = world.sign_up("jane@example.com").await.tokens;
    for _ in 0..4 {
        world.advance(Duration::from_hours(7 * 24 - 1));
        tokens = world.refresh(&tokens).await.unwrap();
    }
    world.advance(Duration::from_mins((30 * 24 - 4 * (7 * 24 - 1)) * 60 - 1));
    tokens = world.refresh(&tokens).await.unwrap();
    assert_eq!(tokens.access_expires_in, Duration::from_mins(1));
    assert_eq!(tokens.session_expires_in, Duration::from_mins(1));
}

/// A store in which a unit waits for its turn.
struct BusyStore {
    store: MemoryStore,
    clock: Arc<ManualClock>,
    seconds: Arc<AtomicU64>,
}

#[async_trait]
impl Store for BusyStore {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.clock.advance(Duration::from_secs(self.seconds.load(Ordering::Relaxed)));
        self.store.begin(access).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }
}

#[tokio::test]
async fn a_retry_that_waits_for_the_store_past_the_grace_signs_nobody_out() {
    let seconds = Arc::new(AtomicU64::new(0));
    let clock = Arc::new(ManualClock::default());
    let store = MemoryStore::default();
    let busy = BusyStore { store: store.clone(), clock: clock.clone(), seconds: seconds.clone() };
    let world = World::with(|ports, _| {
        ports.store = Arc::new(busy);
        ports.clock = clock.clone();
    });
    let jane = world.sign_up("jane@example.com").await;
    let first = world.refresh(&jane.tokens).await.unwrap();
    clock.advance(Duration::from_secs(9));
    seconds.store(5, Ordering::Relaxed);
    let again = world.refresh(&jane.tokens).await.unwrap();
    assert_eq!(first.refresh.expose(), again.refresh.expose());
    // The rotation itself counts from when it happened, not from when it was asked for.
    let second = world.refresh(&again).await.unwrap();
    seconds.store(0, Ordering::Relaxed);
    clock.advance(Duration::from_secs(10));
    assert_eq!(world.refresh(&again).await.unwrap().refresh.expose(), second.refresh.expose());
}

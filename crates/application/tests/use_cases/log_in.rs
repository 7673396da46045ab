//! Sign-in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::{
    Fault,
    auth::LogInError,
    ports::{
        Access, HashError, PasswordHasher, Store as _, UnusableHash, Verdict, password_hasher::MockPasswordHasher,
    },
};
use doorward_domain::user::{Identifier, Password, PasswordHash, UserStatus};
use doorward_testkit::{MemoryStore, PlainHasher};

use crate::world::{PASSWORD, World, hash};

/// While it compares a password, somebody else changes it: as many times as it is told.
struct RacedHasher {
    store: MemoryStore,
    times: AtomicU32,
    new_password: &'static str,
}

#[async_trait]
impl PasswordHasher for RacedHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        PlainHasher::default().hash(password).await
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        let verdict = PlainHasher::default().verify(password, stored).await;
        if self.times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            let jane = Identifier::parse("jane@example.com").unwrap();
            let mut unit = self.store.begin(Access::Write).await.unwrap();
            let (user, _) = unit.users().find_credential(&jane).await.unwrap().unwrap();
            let mut user = unit.users().lock(user.id).await.unwrap().unwrap();
            user.credential_version += 1;
            unit.users().update(&user).await.unwrap();
            unit.users().set_password_hash(user.id, Some(&hash(self.new_password).await)).await.unwrap();
            unit.commit().await.unwrap();
        }
        verdict
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        PlainHasher::default().verify_nobody(password).await
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        PlainHasher::default().recognise(stored)
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        PlainHasher::default().wrap(stored).await
    }
}

/// A world in which Jane's password is changed during the first comparisons.
async fn raced(times: u32, new_password: &'static str) -> World {
    let store = MemoryStore::default();
    let hasher = RacedHasher { store: store.clone(), times: AtomicU32::new(times), new_password };
    let mut world = World::with(|ports, _| {
        ports.store = Arc::new(store.clone());
        ports.hasher = Arc::new(hasher);
    });
    world.store = store;
    world.sign_up("jane@example.com").await;
    world
}

#[tokio::test]
async fn a_password_changed_during_the_comparison_opens_no_session() {
    let world = raced(1, "another password altogether").await;
    let before = world.store.sessions().len();
    let refused = world.log_in("jane@example.com", PASSWORD).await;
    assert!(matches!(refused, Err(LogInError::InvalidCredentials)));
    assert_eq!(world.store.sessions().len(), before);
}

#[tokio::test]
async fn a_sign_in_starts_again_when_the_password_moved_under_it() {
    let world = raced(2, PASSWORD).await;
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_sign_in_does_not_start_again_for_ever() {
    let world = raced(1_000, PASSWORD).await;
    let refused = world.log_in("jane@example.com", PASSWORD).await;
    assert!(matches!(refused, Err(LogInError::Fault(Fault::Contended))));
}

#[tokio::test]
async fn an_unknown_user_costs_the_work_of_a_comparison() {
    for identifier in ["nobody@example.com", "nobody", "not an address@", "a b"] {
        let world = World::with(|ports, _| {
            let mut hasher = MockPasswordHasher::new();
            hasher.expect_verify_nobody().times(1).returning(|_| Ok(()));
            ports.hasher = Arc::new(hasher);
        });
        let refused = world.log_in(identifier, PASSWORD).await;
        assert!(matches!(refused, Err(LogInError::InvalidCredentials)), "{identifier}");
    }
}

#[tokio::test]
async fn whether_an_account_is_active_is_told_after_the_password() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.edit(&jane.user, |user| user.status = UserStatus::Deactivated).await;
    assert!(matches!(world.log_in("jane@example.com", "wrong").await, Err(LogInError::InvalidCredentials)));
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::Deactivated)));
    assert_eq!(world.store.sessions().len(), 1);
}

#[tokio::test]
async fn a_weaker_hash_is_replaced_and_the_password_stays_the_same() {
    let world = World::with(|ports, _| ports.hasher = Arc::new(PlainHasher::of_strength(2)));
    let jane = world.sign_up("jane@example.com").await;
    let mut unit = world.store.begin(Access::Write).await.unwrap();
    unit.users().set_password_hash(jane.user.id, Some(&hash(PASSWORD).await)).await.unwrap();
    unit.commit().await.unwrap();

    let stored = async || {
        let jane = Identifier::parse("jane@example.com").unwrap();
        let mut unit = world.store.begin(Access::Read).await.unwrap();
        let (user, hash) = unit.users().find_credential(&jane).await.unwrap().unwrap();
        (user.credential_version, hash.unwrap().expose().to_owned())
    };
    let (version, weak) = stored().await;
    assert!(world.log_in("jane@example.com", "wrong password").await.is_err());
    assert_eq!(stored().await, (version, weak.clone()));
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let (after, strong) = stored().await;
    assert_ne!(strong, weak);
    assert_eq!(after, version);
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_right_password_is_not_refused_because_its_better_hash_must_wait() {
    let store = MemoryStore::default();
    let world = World::with(|ports, _| ports.store = Arc::new(store.clone()));
    world.sign_up("jane@example.com").await;
    let busy = World::with(|ports, _| {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(|_, _| Ok(Verdict::Match { rehash: true }));
        hasher.expect_hash().returning(|_| Err(HashError::Overloaded));
        ports.store = Arc::new(store.clone());
        ports.hasher = Arc::new(hasher);
    });
    assert!(busy.log_in("jane@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_password_does_not_grow_old() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.prove().await;
    for _ in 0..10 {
        world.advance(Duration::from_hours(365 * 24));
        world.log_in("jane@example.com", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_written_by_a_sign_in_that_fails() {
    let mut faults = 1;
    loop {
        let world = World::new();
        world.sign_up("jane@example.com").await;
        world.advance(Duration::from_secs(5));
        let before = world.store.sessions();
        world.store.fail_at(faults);
        if world.log_in("jane@example.com", PASSWORD).await.is_ok() {
            break;
        }
        assert_eq!(world.store.sessions(), before, "write {faults} failed");
        faults += 1;
    }
    assert!(faults >= 3, "{faults}");
}

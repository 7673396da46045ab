//! The signing keys, looked after.

use std::{sync::Arc, time::Duration};

use doorward_application::{
    Fault,
    auth::{AuthenticateError, IssuedTokens},
    ports::{Access, Store as _, StoredSigningKey},
};
use doorward_domain::{
    audit::AuditKind,
    key::{KeyMoments, KeyState, Ring, SigningKey},
};
use doorward_testkit::{FakeSigner, FakeSmith, MemoryStore};

use crate::world::{DAY, MINUTE, World, laptop};

/// `cache_life` and `skew`, in seconds.
const NOTICE: u32 = 330;
const SECOND: Duration = Duration::from_secs(1);

/// A node of a deployment that has this store and makes its keys with this smith.
fn node(store: &MemoryStore, smith: &Arc<FakeSmith>) -> World {
    World::over(store.clone(), World::clock(), |ports, _| {
        ports.signer = Arc::new(FakeSigner::without_keys());
        ports.smith = Arc::clone(smith) as _;
    })
}

fn alone() -> World {
    node(&MemoryStore::default(), &Arc::default())
}

async fn tend(world: &World) -> usize {
    world.app.operations.tend_keys.execute().await.unwrap().len()
}

fn published(world: &World) -> Vec<String> {
    world.app.operations.published_keys.execute().into_iter().map(|key| key.id).collect()
}

/// What each key is now, by its id.
fn states(world: &World) -> Vec<(String, KeyState)> {
    let ring = Ring::new(world.store.signing_keys().into_iter().map(|stored| stored.key).collect());
    ring.keys().iter().map(|key| (key.id().to_owned(), ring.state(key, world.now()))).collect()
}

fn state(id: &str, state: KeyState) -> (String, KeyState) {
    (id.to_owned(), state)
}

/// Adds a key that is published and signs now.
async fn insert(world: &World, id: &str, sealed: &[u8]) {
    let now = world.now();
    let moments = KeyMoments { published_at: now, signs_from: now, revoked_at: None, retired_at: None };
    let key = SigningKey::stored(id.to_owned(), "ES256".to_owned(), moments).unwrap();
    let mut unit = world.store.begin(Access::Write).await.unwrap();
    unit.signing_keys().insert(&StoredSigningKey { key, sealed: Some(sealed.to_vec()) }).await.unwrap();
    unit.commit().await.unwrap();
}

async fn is_invalid(world: &World, tokens: &IssuedTokens) -> bool {
    let refused = world.app.auth.authenticate.execute(tokens.access.expose(), laptop()).await;
    matches!(refused, Err(AuthenticateError::InvalidToken))
}

#[tokio::test]
async fn an_empty_store_gets_one_key_which_signs_at_once() {
    let world = alone();
    assert_eq!(tend(&world).await, 1);
    assert_eq!(states(&world), [state("key-1", KeyState::Signing)]);
    assert_eq!(published(&world), ["key-1"]);
    assert_eq!(world.trail(), [], "nobody did it and nothing changed");
    let jane = world.sign_up("jane@example.com").await;
    assert!(world.is_live(&jane.tokens).await);
    assert_eq!(tend(&world).await, 0);
}

#[tokio::test]
async fn of_two_nodes_that_start_on_an_empty_store_one_makes_the_key() {
    let (store, smith) = (MemoryStore::default(), Arc::default());
    let (one, other) = (node(&store, &smith), node(&store, &smith));
    let done = tokio::join!(tend(&one), tend(&other));
    assert_eq!(done.0 + done.1, 1);
    assert_eq!(store.signing_keys().len(), 1);
    assert_eq!(published(&one).len(), 1);
    assert_eq!(published(&one), published(&other));
}

#[tokio::test]
async fn nothing_is_written_where_nothing_is_due() {
    let world = alone();
    tend(&world).await;
    world.store.fail_at(1);
    for _ in 0..3 {
        assert_eq!(tend(&world).await, 0);
    }
}

#[tokio::test]
async fn a_key_that_is_old_enough_gives_way_by_itself() {
    let world = alone();
    tend(&world).await;
    world.advance((90 * 24 * 3600 - NOTICE) * SECOND);
    assert_eq!(tend(&world).await, 1);
    assert_eq!(states(&world), [state("key-1", KeyState::Signing), state("key-2", KeyState::Published)]);
    assert_eq!(published(&world), ["key-1", "key-2"], "before it signs");
    let [entry] = world.store.audit_events().try_into().unwrap();
    assert_eq!((entry.kind, entry.actor_id, entry.user_id), (AuditKind::KeyRotated, None, None));
    assert_eq!(entry.detail.as_deref(), Some("key-2"));

    world.advance((NOTICE - 60) * SECOND);
    let before = world.sign_up("jane@example.com").await.tokens;
    world.advance(MINUTE);
    assert_eq!(tend(&world).await, 0);
    assert_eq!(states(&world), [state("key-1", KeyState::Verifying), state("key-2", KeyState::Signing)]);
    let after = world.sign_up("max@example.com").await.tokens;
    assert!(world.is_live(&before).await && world.is_live(&after).await);

    world.advance(11 * MINUTE);
    assert_eq!(tend(&world).await, 1);
    assert_eq!(states(&world), [state("key-1", KeyState::Retired), state("key-2", KeyState::Signing)]);
    assert_eq!(published(&world), ["key-2"]);
    let gone = world.store.signing_keys().remove(0);
    assert_eq!((gone.key.id(), gone.sealed), ("key-1", None), "what it was made of is wiped");
}

#[tokio::test]
async fn another_algorithm_takes_over_when_its_key_is_known() {
    let (store, smith) = (MemoryStore::default(), Arc::<FakeSmith>::default());
    tend(&node(&store, &smith)).await;
    let world = World::over(store, World::clock(), |ports, settings| {
        ports.signer = Arc::new(FakeSigner::without_keys());
        ports.smith = smith;
        settings.keys.algorithm = "EdDSA";
    });
    assert_eq!(tend(&world).await, 1);
    assert_eq!(states(&world), [state("key-1", KeyState::Signing), state("key-2", KeyState::Published)]);
    world.advance(NOTICE * SECOND);
    assert_eq!(tend(&world).await, 0);
    assert_eq!(states(&world)[1], state("key-2", KeyState::Signing));
    assert_eq!(world.app.operations.published_keys.execute()[1].algorithm, "EdDSA");
}

#[tokio::test]
async fn a_node_takes_over_what_another_has_changed() {
    let (store, smith) = (MemoryStore::default(), Arc::default());
    let (one, other) = (node(&store, &smith), node(&store, &smith));
    tend(&one).await;
    tend(&other).await;
    one.app.admin.rotate_keys.unattended().await.unwrap();
    assert_eq!((published(&one).len(), published(&other).len()), (2, 1));
    other.app.operations.tend_keys.reload().await.unwrap();
    assert_eq!(published(&other), ["key-1", "key-2"]);
}

#[tokio::test]
async fn a_node_finds_out_from_the_log_what_another_has_revoked() {
    let (store, smith) = (MemoryStore::default(), Arc::default());
    let (one, other) = (node(&store, &smith), node(&store, &smith));
    tend(&one).await;
    tend(&other).await;
    other.app.revocations.follow.execute().await.unwrap();
    let jane = other.sign_up("jane@example.com").await.tokens;
    assert!(other.is_live(&jane).await);
    one.app.admin.revoke_key.unattended("key-1").await.unwrap();
    other.app.revocations.follow.execute().await.unwrap();
    assert!(is_invalid(&other, &jane).await);
    assert_eq!(published(&other), ["key-2"]);
}

#[tokio::test]
async fn nothing_is_made_while_a_key_does_not_open() {
    let world = alone();
    insert(&world, "foreign", b"sealed under another secret").await;
    world.advance(90 * DAY);
    for _ in 0..2 {
        let refused = world.app.operations.tend_keys.execute().await;
        assert!(matches!(refused, Err(Fault::Renew(_))), "{refused:?}");
    }
    assert_eq!(world.store.signing_keys().len(), 1);
}

#[tokio::test]
async fn a_key_that_does_not_open_leaves_the_others_in_use_and_is_told_of_again_and_again() {
    let world = alone();
    tend(&world).await;
    let jane = world.sign_up("jane@example.com").await.tokens;
    insert(&world, "foreign", b"sealed under another secret").await;
    for email in ["max@example.com", "eve@example.com"] {
        world.app.operations.tend_keys.reload().await.unwrap();
        assert!(matches!(world.app.operations.tend_keys.execute().await, Err(Fault::Renew(_))));
        assert!(world.is_live(&jane).await);
        let another = world.sign_up(email).await.tokens;
        assert!(world.is_live(&another).await);
    }
    // It can be revoked, and then everything is as before.
    world.app.admin.revoke_key.unattended("foreign").await.unwrap();
    tend(&world).await;
    assert_eq!(published(&world).len(), 1);
}

#[tokio::test]
async fn a_node_whose_clock_is_wrong_publishes_promotes_and_retires_nothing() {
    let world = alone();
    tend(&world).await;
    // A successor is due; then it signs, and its predecessor is to be wiped.
    for wait in [(90 * 24 * 3600 - NOTICE) * SECOND, NOTICE * SECOND + 11 * MINUTE] {
        world.advance(wait);
        let before = world.store.signing_keys();
        world.store.set_unready(true);
        let refused = world.app.operations.tend_keys.execute().await;
        assert!(matches!(refused, Err(Fault::Store(_))), "{refused:?}");
        assert_eq!(world.store.signing_keys(), before);
        world.store.set_unready(false);
        assert_eq!(tend(&world).await, 1);
        // Where nothing is due, nobody asks.
        world.store.set_unready(true);
        assert_eq!(tend(&world).await, 0);
        world.store.set_unready(false);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_may_keep_keys_for_longer_than_a_key_waits_that_this_node_has_not_read() {
    let (store, smith) = (MemoryStore::default(), Arc::default());
    let (one, other) = (node(&store, &smith), node(&store, &smith));
    let published = &other.app.operations.published_keys;
    assert_eq!(published.cache_life(), SECOND, "it has read nothing");
    tend(&one).await;
    tend(&other).await;
    assert_eq!(published.cache_life(), 300 * SECOND);
    // It reads no more, and another publishes.
    one.app.admin.rotate_keys.unattended().await.unwrap();
    for (wait, left) in [(6, 294), (200, 94), (94, 1), (1_000, 1)] {
        tokio::time::advance(wait * SECOND).await;
        assert_eq!(published.cache_life(), left * SECOND);
    }
    other.app.operations.tend_keys.reload().await.unwrap();
    assert_eq!(published.cache_life(), 300 * SECOND);
    // A ring that it cannot use is as good as not read.
    insert(&one, "foreign", b"sealed under another secret").await;
    tokio::time::advance(10 * SECOND).await;
    other.app.operations.tend_keys.reload().await.unwrap();
    assert_eq!(published.cache_life(), 290 * SECOND);
}

//! Signing keys, as administrators and operators change them.

use std::time::Duration;

use doorward_application::{
    admin::{AdminActError, ListedKey, RotateKeysError},
    auth::AuthenticateError,
};
use doorward_domain::{audit::AuditKind, key::KeyState};

use super::office::{FIRST_KEY, Office};
use crate::world::{MINUTE, World, laptop};

const NOTICE: Duration = Duration::from_secs(330);
const AFTERLIFE: Duration = Duration::from_mins(11);

/// Each key's id and state, the one that signs last first.
async fn listed(office: &Office) -> Vec<(String, KeyState)> {
    let keys = office.world.app.admin.list_keys.execute(&office.root).await.unwrap();
    keys.into_iter().map(|listed| (listed.key.id().to_owned(), listed.state)).collect()
}

fn key(id: &str, state: KeyState) -> (String, KeyState) {
    (id.to_owned(), state)
}

fn published(world: &World) -> Vec<String> {
    world.app.operations.published_keys.execute().into_iter().map(|key| key.id).collect()
}

#[tokio::test]
async fn the_next_key_is_published_at_once_and_signs_later() {
    let office = Office::new().await;
    let now = office.world.now();
    let next = office.world.app.admin.rotate_keys.execute(&office.root).await.unwrap();
    assert_eq!((&*next.id, next.signs_from), ("key-2", now + NOTICE));
    assert_eq!(listed(&office).await, [key("key-2", KeyState::Published), key(FIRST_KEY, KeyState::Signing)]);
    assert_eq!(published(&office.world), [FIRST_KEY, "key-2"], "on this node without a wait");
    assert_eq!(office.the_entry(AuditKind::KeyRotated, None).detail.as_deref(), Some("key-2"));
    office.world.advance(NOTICE);
    assert_eq!(listed(&office).await, [key("key-2", KeyState::Signing), key(FIRST_KEY, KeyState::Verifying)]);
}

#[tokio::test]
async fn there_is_no_second_next_key() {
    let office = Office::new().await;
    let rotate = &office.world.app.admin.rotate_keys;
    rotate.execute(&office.root).await.unwrap();
    let before = office.state();
    for _ in 0..2 {
        let refused = rotate.execute(&office.root).await;
        assert!(matches!(refused, Err(RotateKeysError::Pending)), "{refused:?}");
    }
    assert_eq!(office.state(), before);
    office.world.advance(NOTICE);
    assert_eq!(rotate.execute(&office.root).await.unwrap().id, "key-3");
}

#[tokio::test]
async fn the_list_says_when_each_key_comes_and_goes() {
    let office = Office::new().await;
    let list = &office.world.app.admin.list_keys;
    let start = office.world.now();
    let [ListedKey { signs_until, retires_at, .. }] = list.execute(&office.root).await.unwrap().try_into().unwrap();
    assert_eq!((signs_until, retires_at), (None, None), "nobody knows yet");
    office.world.app.admin.rotate_keys.execute(&office.root).await.unwrap();
    let [next, first]: [ListedKey; 2] = list.execute(&office.root).await.unwrap().try_into().unwrap();
    assert_eq!((next.signs_until, next.retires_at), (None, None));
    assert_eq!((first.signs_until, first.retires_at), (Some(start + NOTICE), Some(start + NOTICE + AFTERLIFE)));
    assert_eq!(list.rules().notice(), NOTICE);
}

#[tokio::test]
async fn what_a_revoked_key_signed_is_dead_for_the_very_next_request() {
    let office = Office::new().await;
    let world = &office.world;
    let jane = world.sign_up("jane@example.com").await.tokens;
    assert!(world.is_live(&jane).await, "and known to be good");
    world.app.admin.revoke_key.execute(&office.root, FIRST_KEY).await.unwrap();
    let refused = world.app.auth.authenticate.execute(jane.access.expose(), laptop()).await;
    assert!(matches!(refused, Err(AuthenticateError::InvalidToken)), "{refused:?}");
    assert_eq!(listed(&office).await, [key("key-2", KeyState::Signing), key(FIRST_KEY, KeyState::Revoked)]);
    assert_eq!(published(world), ["key-2"]);
    assert_eq!(office.the_entry(AuditKind::KeyRevoked, None).detail.as_deref(), Some(FIRST_KEY));
    // The session lives: one refresh, and everything is as before.
    let renewed = world.refresh(&jane).await.unwrap();
    assert!(world.is_live(&renewed).await);
}

#[tokio::test]
async fn the_next_key_takes_the_place_of_a_revoked_one_at_once() {
    let office = Office::new().await;
    let admin = &office.world.app.admin;
    admin.rotate_keys.execute(&office.root).await.unwrap();
    office.world.advance(MINUTE);
    admin.revoke_key.execute(&office.root, FIRST_KEY).await.unwrap();
    let [next, _]: [ListedKey; 2] = admin.list_keys.execute(&office.root).await.unwrap().try_into().unwrap();
    assert_eq!((next.key.id(), next.state), ("key-2", KeyState::Signing));
    assert_eq!(next.key.moments().signs_from, office.world.now());
}

#[tokio::test]
async fn a_key_that_does_not_sign_yet_is_only_withdrawn() {
    let office = Office::new().await;
    let admin = &office.world.app.admin;
    let jane = office.world.sign_up("jane@example.com").await.tokens;
    admin.rotate_keys.execute(&office.root).await.unwrap();
    admin.revoke_key.execute(&office.root, "key-2").await.unwrap();
    assert_eq!(listed(&office).await, [key("key-2", KeyState::Revoked), key(FIRST_KEY, KeyState::Signing)]);
    assert!(office.world.is_live(&jane).await);
    office.world.advance(NOTICE);
    assert_eq!(listed(&office).await[1], key(FIRST_KEY, KeyState::Signing));
    admin.rotate_keys.execute(&office.root).await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_not_there_or_gone_is_not_found() {
    let office = Office::new().await;
    let revoke = &office.world.app.admin.revoke_key;
    revoke.execute(&office.root, FIRST_KEY).await.unwrap();
    let before = office.state();
    for id in [FIRST_KEY, "nobodys", "", "KEY-2"] {
        let refused = revoke.execute(&office.root, id).await;
        assert!(matches!(refused, Err(AdminActError::NotFound)), "{id}");
    }
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn at_the_command_line_it_is_done_by_nobody() {
    let office = Office::new().await;
    let admin = &office.world.app.admin;
    let next = admin.rotate_keys.unattended().await.unwrap();
    admin.revoke_key.unattended(FIRST_KEY).await.unwrap();
    let listed = admin.list_keys.unattended().await.unwrap();
    assert_eq!((listed[0].key.id(), listed[0].state), (&*next.id, KeyState::Signing));
    for (kind, detail) in [(AuditKind::KeyRotated, &*next.id), (AuditKind::KeyRevoked, FIRST_KEY)] {
        let [entry] = office.entries(kind).try_into().unwrap();
        assert_eq!((entry.actor_id, entry.user_id, entry.session_id), (None, None, None));
        assert_eq!(entry.detail.as_deref(), Some(detail));
    }
}

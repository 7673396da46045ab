//! The signed-in user's sessions.

use std::time::Duration;

use doorward_application::sessions::RevokeSessionError;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn only_live_sessions_are_listed_the_latest_first() {
    let world = World::new();
    let first = world.sign_up("jane@example.com").await;
    world.advance(Duration::from_secs(1));
    let second = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    world.advance(Duration::from_secs(1));
    let third = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = world.actor(&third.tokens).await;
    let ended = world.actor(&second.tokens).await.session.id;
    world.app.sessions.revoke.execute(&actor, ended).await.unwrap();
    let listed: Vec<_> = world.app.sessions.list.execute(&actor).await.unwrap().iter().map(|s| s.id).collect();
    assert_eq!(listed, [actor.session.id, world.actor(&first.tokens).await.session.id]);
}

#[tokio::test]
async fn another_users_session_is_not_found() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let mallory = world.sign_up("mallory@example.com").await;
    let janes = world.actor(&jane.tokens).await.session.id;
    let mallory = world.actor(&mallory.tokens).await;
    let refused = world.app.sessions.revoke.execute(&mallory, janes).await;
    assert!(matches!(refused, Err(RevokeSessionError::NotFound)));
    assert!(world.is_live(&jane.tokens).await);
}

#[tokio::test]
async fn activity_is_written_when_it_has_become_old_and_not_before() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let seen = || world.store.sessions()[0].last_seen_at;
    let begin = seen();
    world.advance(Duration::from_mins(2));
    assert!(world.is_live(&jane.tokens).await);
    world.app.sessions.record_activity.execute().await.unwrap();
    assert_eq!(seen(), begin);
    world.advance(Duration::from_mins(2));
    assert!(world.is_live(&jane.tokens).await);
    world.app.sessions.record_activity.execute().await.unwrap();
    assert_eq!(seen() - begin, chrono::TimeDelta::minutes(4));
}

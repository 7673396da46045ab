//! The signed-in user's sessions.

use std::time::Duration;

use doorward_application::{ports::MessageKind, sessions::RevokeSessionError};
use doorward_domain::{audit::AuditKind, session::EndReason};

use crate::world::{PASSWORD, World, laptop};

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
async fn all_sessions_but_the_current_one_end_and_nobody_elses() {
    let world = World::new();
    let first = world.sign_up("jane@example.com").await;
    let john = world.sign_up("john@example.com").await;
    let current = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let third = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = world.actor(&current.tokens).await;
    assert_eq!(world.app.sessions.revoke_others.execute(&actor).await.unwrap(), 2);
    for ended in [&first, &third] {
        assert!(!world.is_live(&ended.tokens).await);
        assert!(world.refresh(&ended.tokens).await.is_err());
    }
    for kept in [&current, &john] {
        assert!(world.is_live(&kept.tokens).await);
        assert!(world.refresh(&kept.tokens).await.is_ok());
    }
    let reasons: Vec<_> = world.store.sessions().iter().filter_map(|session| session.ended).collect();
    assert!(reasons.iter().all(|end| end.reason == EndReason::Revoked && end.at == world.now()), "{reasons:?}");
    let entry = world.store.audit_events().pop().unwrap();
    assert_eq!((entry.kind, entry.device), (AuditKind::OtherSessionsEnded, laptop()));
    assert_eq!((entry.actor_id, entry.user_id), (Some(actor.user.id), Some(actor.user.id)));
    assert_eq!(entry.session_id, Some(actor.session.id));
}

#[tokio::test]
async fn where_there_are_no_other_sessions_nothing_ends_and_nothing_is_told() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let old = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let old = world.actor(&old.tokens).await.session.id;
    world.app.sessions.revoke.execute(&actor, old).await.unwrap();
    let before = (world.store.sessions(), world.store.audit_events());
    assert_eq!(world.app.sessions.revoke_others.execute(&actor).await.unwrap(), 0);
    assert_eq!((world.store.sessions(), world.store.audit_events()), before);
}

#[tokio::test]
async fn the_other_sessions_end_together_with_the_entry_or_not_at_all() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let other = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = world.actor(&jane.tokens).await;
    let before = (world.store.sessions(), world.store.audit_events());
    for write in 1..=2 {
        world.store.fail_at(write);
        assert!(world.app.sessions.revoke_others.execute(&actor).await.is_err(), "{write}");
        assert_eq!((world.store.sessions(), world.store.audit_events()), before, "{write}");
    }
    assert_eq!(world.app.sessions.revoke_others.execute(&actor).await.unwrap(), 1);
    assert!(!world.is_live(&other.tokens).await);
}

#[tokio::test]
async fn a_mailed_link_outlives_the_end_of_the_other_sessions_and_not_that_of_all() {
    let world = World::new();
    let link = async |email: &str| {
        let first = world.sign_up(email).await;
        world.log_in(email, PASSWORD).await.unwrap();
        (world.actor(&first.tokens).await, world.link(MessageKind::VerifyEmail))
    };
    let (jane, janes) = link("jane@example.com").await;
    let (john, johns) = link("john@example.com").await;
    assert_eq!(world.app.sessions.revoke_others.execute(&jane).await.unwrap(), 1);
    assert_eq!(world.app.sessions.revoke_all.execute(&john).await.unwrap(), 2);
    let verify = &world.app.account.verify_email;
    verify.execute(&janes, laptop()).await.unwrap();
    assert!(verify.execute(&johns, laptop()).await.is_err());
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

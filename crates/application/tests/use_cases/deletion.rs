//! The end of an account, and the way back.

use doorward_application::{
    account::{DeleteAccountError, Deletion},
    auth::{LogInCommand, LogInError, Presented, SignedIn},
    ports::MessageKind,
};
use doorward_domain::audit::AuditKind;
use std::time::Duration;

use crate::world::{DAY, PASSWORD, World, laptop};

async fn delete(world: &World, jane: &SignedIn) -> Result<Deletion, DeleteAccountError> {
    let actor = world.actor(&jane.tokens).await;
    world.app.account.delete.execute(&actor, &PASSWORD.into()).await
}

async fn keep(world: &World, password: &str) -> Result<SignedIn, LogInError> {
    let command = LogInCommand {
        identifier: "jane@example.com".to_owned(),
        password: password.into(),
        restore: true,
        remembered: true,
        device: laptop(),
        presented: Presented::default(),
    };
    world.app.auth.log_in.execute(command).await
}

#[tokio::test]
async fn sessions_end_at_once_and_the_account_after_the_grace() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let Deletion::Due(due) = delete(&world, &jane).await.unwrap() else { panic!("no grace") };
    assert!(!world.is_live(&jane.tokens).await);
    assert!(world.refresh(&jane.tokens).await.is_err());
    let refused = world.log_in("jane@example.com", PASSWORD).await;
    assert!(matches!(refused, Err(LogInError::DeletionPending(at)) if at == due));
    assert_eq!(world.letter(MessageKind::DeletionScheduled).facts.expires_at, Some(due));

    world.advance(14 * DAY);
    assert_eq!(world.app.operations.purge.execute().await.unwrap().accounts, 1);
    assert!(world.user("jane@example.com").is_none());
    world.sign_up("jane@example.com").await;
}

#[tokio::test]
async fn whoever_signs_in_to_keep_it_keeps_it() {
    let world = World::with(|_, settings| settings.registration.unproven_ttl = None);
    let jane = world.sign_up("jane@example.com").await;
    delete(&world, &jane).await.unwrap();
    assert!(matches!(keep(&world, "not the password").await, Err(LogInError::InvalidCredentials)));
    let back = keep(&world, PASSWORD).await.unwrap();
    assert!(world.is_live(&back.tokens).await);
    assert!(!world.is_live(&jane.tokens).await, "what ended stays ended");
    world.advance(30 * DAY);
    assert_eq!(world.app.operations.purge.execute().await.unwrap().accounts, 0);
    assert!(world.trail().contains(&AuditKind::DeletionCancelled));
}

#[tokio::test]
async fn to_keep_what_nobody_deleted_is_a_sign_in() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    keep(&world, PASSWORD).await.unwrap();
    assert!(!world.trail().contains(&AuditKind::DeletionCancelled));
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let refused = world.app.account.delete.execute(&actor, &"not the password".into()).await;
    assert!(matches!(refused, Err(DeleteAccountError::WrongPassword)));
    assert!(world.is_live(&jane.tokens).await);
}

#[tokio::test]
async fn without_grace_it_is_gone_at_once_and_the_log_forgets_from_where() {
    let world = World::with(|_, settings| settings.keeping.deletion_grace = Duration::ZERO);
    let jane = world.sign_up("jane@example.com").await;
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
    assert_eq!(delete(&world, &jane).await.unwrap(), Deletion::Done);
    let counts = world.store.counts();
    let left = [counts.users, counts.password_hashes, counts.profiles, counts.sessions, counts.one_time_tokens];
    assert_eq!(left, [0; 5]);
    assert_eq!(counts.messages, 0, "what was not sent yet is not sent any more");
    let events = world.store.audit_events();
    assert_eq!(events.last().unwrap().kind, AuditKind::AccountDeleted);
    assert!(events.len() >= 3);
    for event in events {
        assert_eq!((event.user_id, &event.device), (Some(jane.user.id), &doorward_domain::session::Device::default()));
    }
}

#[tokio::test]
async fn an_end_is_written_whole_or_not_at_all() {
    for fault in 1.. {
        let world = World::new();
        let jane = world.sign_up("jane@example.com").await;
        let actor = world.actor(&jane.tokens).await;
        world.store.fail_at(fault);
        if world.app.account.delete.execute(&actor, &PASSWORD.into()).await.is_ok() {
            assert!(fault > 5);
            break;
        }
        assert!(world.is_live(&jane.tokens).await, "write {fault}");
        assert_eq!(world.letters(MessageKind::DeletionScheduled), 0, "write {fault}");
    }
}

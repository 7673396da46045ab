//! The right to sign in, taken away and given back.

use doorward_application::{
    auth::LogInError,
    ports::{Access, MessageKind, Store as _},
};
use doorward_domain::{audit::AuditKind, session::EndReason, user::UserStatus};

use super::office::Office;
use crate::world::{PASSWORD, laptop};

#[tokio::test]
async fn a_deactivated_users_sessions_and_links_are_dead() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let id = jane.user.id;
    office.world.app.admin.start_reset.execute(&office.root, id).await.unwrap();
    let links = [MessageKind::VerifyEmail, MessageKind::ResetPassword].map(|kind| office.world.link(kind));
    let user = office.world.app.admin.deactivate_user.execute(&office.root, id).await.unwrap();
    assert_eq!((user.status, user.epoch), (UserStatus::Deactivated, 1));
    assert_eq!(office.user(id), user);
    let ends: Vec<_> = office.world.store.sessions().into_iter().filter(|session| session.user_id == id).collect();
    assert!(ends.len() == 2 && ends.iter().all(|session| session.ended.unwrap().reason == EndReason::UserRemoved));
    assert!(!office.world.is_live(&jane.tokens).await);
    assert!(matches!(office.world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::Deactivated)));
    assert!(office.world.app.account.verify_email.execute(&links[0], laptop()).await.is_err());
    assert!(office.world.app.account.reset_password.execute(&links[1], &PASSWORD.into(), laptop()).await.is_err());
    office.the_entry(AuditKind::UserDeactivated, id);
}

#[tokio::test]
async fn an_activated_user_signs_in_again_and_no_old_session_comes_back() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    let id = jane.user.id;
    office.world.app.admin.deactivate_user.execute(&office.root, id).await.unwrap();
    let user = office.world.app.admin.activate_user.execute(&office.root, id).await.unwrap();
    assert_eq!((user.status, user.epoch), (UserStatus::Active, 2));
    assert!(!office.world.is_live(&jane.tokens).await);
    office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    office.the_entry(AuditKind::UserActivated, id);
}

#[tokio::test]
async fn the_same_once_more_changes_nothing() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let admin = &office.world.app.admin;
    let fresh = office.state();
    assert_eq!(admin.activate_user.execute(&office.root, jane.id).await.unwrap(), *jane);
    assert_eq!(office.state(), fresh);
    let user = admin.deactivate_user.execute(&office.root, jane.id).await.unwrap();
    let deactivated = office.state();
    assert_eq!(admin.deactivate_user.execute(&office.root, jane.id).await.unwrap(), user);
    assert_eq!(office.state(), deactivated);
}

/// Whoever is told that it is done can rely on it, also where somebody else was faster and the log was not read yet.
#[tokio::test]
async fn who_is_deactivated_once_more_is_not_let_in_after_the_answer() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    office.world.app.revocations.follow.execute().await.unwrap();
    assert!(office.world.is_live(&jane.tokens).await);
    // The other node has a gate of its own.
    let mut unit = office.world.store.begin(Access::Write).await.unwrap();
    let mut user = unit.users().lock(jane.user.id).await.unwrap().unwrap();
    user.status = UserStatus::Deactivated;
    user.epoch += 1;
    unit.users().update(&user).await.unwrap();
    unit.commit().await.unwrap();
    assert!(office.world.is_live(&jane.tokens).await, "nobody has told this node");
    assert_eq!(office.world.app.admin.deactivate_user.execute(&office.root, user.id).await.unwrap(), user);
    assert!(!office.world.is_live(&jane.tokens).await);
}

#[tokio::test]
async fn an_activation_does_not_keep_whoever_asked_to_go() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await;
    office.world.app.account.delete.execute(&jane, &PASSWORD.into()).await.unwrap();
    let admin = &office.world.app.admin;
    admin.deactivate_user.execute(&office.root, jane.user.id).await.unwrap();
    let user = admin.activate_user.execute(&office.root, jane.user.id).await.unwrap();
    assert!(user.deletes_at.is_some() && !user.may_sign_in());
}

//! Users' sessions, and the way to a new password.

use doorward_application::{
    auth::{AuthenticateError, LogInError},
    ports::MessageKind,
};
use doorward_domain::{audit::AuditKind, session::EndReason, user::UserStatus};

use super::office::Office;
use crate::world::{MINUTE, PASSWORD, laptop};

const NEW: &str = "another harbour at dusk";

#[tokio::test]
async fn the_live_sessions_of_one_user_are_listed_the_latest_first() {
    let office = Office::new().await;
    let first = office.candidate("jane@example.com").await;
    office.candidate("john@example.com").await;
    office.world.advance(MINUTE);
    let second = office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let second = office.world.actor(&second.tokens).await;
    let sessions = &office.world.app.admin.user_sessions;
    let listed = async || sessions.list(&office.root, first.user.id).await.unwrap();
    let ids: Vec<_> = listed().await.iter().map(|session| session.id).collect();
    assert_eq!(ids, [second.session.id, first.session.id]);
    office.world.app.sessions.revoke.execute(&first, second.session.id).await.unwrap();
    let ids: Vec<_> = listed().await.iter().map(|session| session.id).collect();
    assert_eq!(ids, [first.session.id]);
}

#[tokio::test]
async fn ended_sessions_say_that_an_administrator_ended_them_and_links_die_with_them() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    let john = office.world.sign_up("john@example.com").await;
    office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let id = jane.user.id;
    office.world.app.admin.start_reset.execute(&office.root, id).await.unwrap();
    let token = office.world.link(MessageKind::ResetPassword);
    assert_eq!(office.world.app.admin.user_sessions.end_all(&office.root, id).await.unwrap(), 2);
    let gone = office.world.app.auth.authenticate.execute(jane.tokens.access.expose(), laptop()).await;
    assert!(matches!(gone, Err(AuthenticateError::SessionEnded)));
    assert!(office.world.is_live(&john.tokens).await);
    let sessions = office.world.store.sessions();
    let mut of_jane = sessions.iter().filter(|session| session.user_id == id);
    assert!(of_jane.all(|session| session.ended.unwrap().reason == EndReason::EndedByAdmin));
    assert!(office.world.app.account.reset_password.execute(&token, &NEW.into(), laptop()).await.is_err());
    office.the_entry(AuditKind::SessionsEndedByAdmin, id);
    office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_reset_goes_to_the_user_alone_and_the_newest_link_works() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    let reset = &office.world.app.account.reset_password;
    let start = async || office.world.app.admin.start_reset.execute(&office.root, jane.user.id).await.unwrap();
    start().await;
    office.the_entry(AuditKind::ResetStarted, jane.user.id);
    let letter = office.world.letter(MessageKind::ResetPassword);
    assert_eq!((letter.user_id, letter.to.canonical()), (Some(jane.user.id), "jane@example.com"));
    assert!(office.world.is_live(&jane.tokens).await, "nothing changes before the link is followed");
    let old = office.world.link(MessageKind::ResetPassword);
    start().await;
    assert!(reset.execute(&old, &NEW.into(), laptop()).await.is_err());
    reset.execute(&office.world.link(MessageKind::ResetPassword), &NEW.into(), laptop()).await.unwrap();
    office.world.log_in("jane@example.com", NEW).await.unwrap();
}

#[tokio::test]
async fn a_reset_activates_nobody() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let admin = &office.world.app.admin;
    admin.deactivate_user.execute(&office.root, jane.id).await.unwrap();
    admin.start_reset.execute(&office.root, jane.id).await.unwrap();
    let token = office.world.link(MessageKind::ResetPassword);
    office.world.app.account.reset_password.execute(&token, &NEW.into(), laptop()).await.unwrap();
    assert_eq!(office.user(jane.id).status, UserStatus::Deactivated);
    assert!(matches!(office.world.log_in("jane@example.com", NEW).await, Err(LogInError::Deactivated)));
}

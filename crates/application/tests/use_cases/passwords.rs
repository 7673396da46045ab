//! New passwords: by a link, and by someone who knows the old one.

use doorward_application::{
    account::{ChangePasswordError, ResetPasswordError},
    auth::LogInError,
    ports::MessageKind,
};
use doorward_domain::{Rejection, audit::AuditKind};

use crate::world::{MINUTE, PASSWORD, World, laptop};

const NEW: &str = "another harbour at dusk";

async fn reset_link(world: &World, email: &str) -> String {
    world.app.account.request_reset.execute(email, &laptop()).await.unwrap();
    world.deliver().await;
    let sent = world.mailer.sent();
    let letter = sent.iter().rfind(|message| message.kind == MessageKind::ResetPassword).expect("a mail");
    letter.token.as_ref().unwrap().text().expose().clone()
}

async fn reset(world: &World, token: &str, password: &str) -> Result<(), ResetPasswordError> {
    world.app.account.reset_password.execute(token, &password.into(), laptop()).await
}

#[tokio::test]
async fn a_reset_ends_every_session_and_signs_nobody_in() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    let token = reset_link(&world, "JANE@example.com").await;
    reset(&world, &token, NEW).await.unwrap();
    assert!(!world.is_live(&jane.tokens).await);
    assert!(world.store.sessions().iter().all(|session| session.ended.is_some()));
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::InvalidCredentials)));
    world.log_in("jane@example.com", NEW).await.unwrap();
    assert_eq!(world.letters(MessageKind::PasswordChanged), 1, "the user is told");
    assert!(matches!(reset(&world, &token, PASSWORD).await, Err(ResetPasswordError::InvalidToken)));
}

#[tokio::test]
async fn a_password_that_may_not_be_chosen_leaves_the_link_good() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let token = reset_link(&world, "jane@example.com").await;
    for (password, why) in [
        ("short", Rejection::TooShort { min: 8 }),
        ("jane@example.com", Rejection::GuessablePassword),
        ("", Rejection::Required),
    ] {
        let Err(ResetPasswordError::Invalid(errors)) = reset(&world, &token, password).await else { panic!() };
        assert_eq!((errors.0[0].field, errors.0[0].rejection), ("password", why));
    }
    reset(&world, &token, NEW).await.unwrap();
}

#[tokio::test]
async fn a_link_works_for_half_an_hour() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let token = reset_link(&world, "jane@example.com").await;
    world.advance(30 * MINUTE);
    assert!(matches!(reset(&world, &token, NEW).await, Err(ResetPasswordError::InvalidToken)));
}

#[tokio::test]
async fn an_address_cannot_be_squatted() {
    let world = World::new();
    let squatter = world.sign_up("victim@example.com").await;
    let actor = world.actor(&squatter.tokens).await;
    world.app.account.change_email.execute(&actor, "squatter@example.com", &PASSWORD.into()).await.unwrap();
    let pending = [MessageKind::VerifyEmail, MessageKind::ConfirmEmail].map(|kind| world.link(kind));
    let token = reset_link(&world, "victim@example.com").await;
    reset(&world, &token, NEW).await.unwrap();

    assert!(world.user("victim@example.com").unwrap().email_verified_at.is_some());
    assert!(!world.is_live(&squatter.tokens).await);
    assert!(world.app.account.verify_email.execute(&pending[0], laptop()).await.is_err());
    assert!(world.app.account.confirm_email.execute(&pending[1], laptop()).await.is_err());
    assert!(world.log_in("victim@example.com", PASSWORD).await.is_err());
    world.log_in("victim@example.com", NEW).await.unwrap();
}

#[tokio::test]
async fn what_was_asked_for_before_dies_with_a_newer_wish_a_new_password_and_a_sign_out_everywhere() {
    for death in 0..3 {
        let world = World::new();
        let jane = world.sign_up("jane@example.com").await;
        let actor = world.actor(&jane.tokens).await;
        let token = reset_link(&world, "jane@example.com").await;
        match death {
            0 => drop(reset_link(&world, "jane@example.com").await),
            1 => {
                world.app.account.change_password.execute(&actor, &PASSWORD.into(), &NEW.into()).await.unwrap();
            }
            _ => drop(world.app.sessions.revoke_all.execute(&actor).await.unwrap()),
        }
        assert!(matches!(reset(&world, &token, "a third harbour").await, Err(ResetPasswordError::InvalidToken)));
    }
}

#[tokio::test]
async fn a_change_keeps_this_session_and_ends_the_others() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    let other = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = world.actor(&jane.tokens).await;
    world.app.account.change_password.execute(&actor, &PASSWORD.into(), &NEW.into()).await.unwrap();
    assert!(world.is_live(&jane.tokens).await);
    assert!(!world.is_live(&other.tokens).await);
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_err());
    world.log_in("jane@example.com", NEW).await.unwrap();
    assert_eq!(world.letters(MessageKind::PasswordChanged), 1);
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing_and_is_written_down() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let wrong = world.app.account.change_password.execute(&actor, &NEW.into(), &NEW.into()).await;
    assert!(matches!(wrong, Err(ChangePasswordError::WrongPassword)));
    let none = world.app.account.change_password.execute(&actor, &"".into(), &NEW.into()).await;
    assert!(matches!(none, Err(ChangePasswordError::Invalid(_))));
    assert_eq!(world.trail().last(), Some(&AuditKind::ReauthenticationFailed));
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_session_that_ended_on_the_way_changes_nothing() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    world.app.sessions.revoke_all.execute(&actor).await.unwrap();
    let changed = world.app.account.change_password.execute(&actor, &PASSWORD.into(), &NEW.into()).await;
    assert!(matches!(changed, Err(ChangePasswordError::SessionEnded)));
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_reset_is_written_whole_or_not_at_all() {
    for fault in 1.. {
        let world = World::new();
        let jane = world.sign_up("jane@example.com").await;
        let token = reset_link(&world, "jane@example.com").await;
        world.store.fail_at(fault);
        if reset(&world, &token, NEW).await.is_ok() {
            assert!(fault > 7);
            break;
        }
        assert!(world.is_live(&jane.tokens).await, "write {fault}");
        assert!(world.log_in("jane@example.com", PASSWORD).await.is_ok(), "write {fault}");
    }
}

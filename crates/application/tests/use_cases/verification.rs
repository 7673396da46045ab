//! The proof of an address.

use doorward_application::{
    account::LinkError,
    auth::{LogInError, Registered},
    ports::MessageKind,
};

use crate::world::{DAY, PASSWORD, World, jane, laptop};

async fn verify(world: &World, token: &str) -> Result<(), LinkError> {
    world.app.account.verify_email.execute(token, laptop()).await
}

#[tokio::test]
async fn the_link_of_the_sign_up_proves_the_address_once() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let token = world.link(MessageKind::VerifyEmail);
    verify(&world, &token).await.unwrap();
    let user = world.user("jane@example.com").unwrap();
    assert!(user.email_verified_at.is_some() && user.proof_due_at.is_none());
    assert!(matches!(verify(&world, &token).await, Err(LinkError::InvalidToken)));
}

#[tokio::test]
async fn a_link_works_for_a_day() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let token = world.link(MessageKind::VerifyEmail);
    world.advance(DAY);
    assert!(matches!(verify(&world, &token).await, Err(LinkError::InvalidToken)));
}

#[tokio::test]
async fn what_is_no_token_proves_nothing() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let token = world.link(MessageKind::VerifyEmail);
    for wrong in ["", "x", &token[1..], &format!("{token}A"), &token.replace('A', "B")] {
        assert!(matches!(verify(&world, wrong).await, Err(LinkError::InvalidToken)), "{wrong:?}");
    }
    assert!(world.user("jane@example.com").unwrap().email_verified_at.is_none());
}

#[tokio::test]
async fn a_token_of_another_purpose_proves_nothing() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
    world.deliver().await;
    let reset = world.mailer.sent().last().unwrap().token.as_ref().unwrap().text();
    assert!(matches!(verify(&world, reset.expose()).await, Err(LinkError::InvalidToken)));
}

#[tokio::test]
async fn a_newer_link_replaces_the_older_one() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let older = world.link(MessageKind::VerifyEmail);
    world.deliver().await;
    world.app.account.request_verification.execute("Jane@Example.com", &laptop()).await.unwrap();
    world.deliver().await;
    let newer = world.mailer.sent().last().unwrap().token.as_ref().unwrap().text();
    assert!(matches!(verify(&world, &older).await, Err(LinkError::InvalidToken)));
    verify(&world, newer.expose()).await.unwrap();
}

#[tokio::test]
async fn only_the_owner_of_an_unproven_account_gets_another_link() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.prove().await;
    world.deliver().await;
    let sent = world.mailer.sent().len();
    for email in ["jane@example.com", "nobody@example.com"] {
        world.app.account.request_verification.execute(email, &laptop()).await.unwrap();
    }
    assert_eq!(world.letters(MessageKind::VerificationRequested), 2, "the same is written for any address");
    world.deliver().await;
    assert_eq!(world.mailer.sent().len(), sent);
    assert!(world.store.messages().is_empty());
}

#[tokio::test]
async fn where_proof_is_demanded_nobody_signs_in_before() {
    let world = World::with(|_, settings| settings.registration.require_verified_email = true);
    let registered = world.register(jane("jane@example.com")).await.unwrap();
    assert!(matches!(registered, Registered::Unverified { .. }));
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::EmailNotVerified)));
    assert!(matches!(world.log_in("jane@example.com", "another one").await, Err(LogInError::InvalidCredentials)));
    world.prove().await;
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_proof_is_written_whole_or_not_at_all() {
    for fault in 1.. {
        let world = World::new();
        world.sign_up("jane@example.com").await;
        let token = world.link(MessageKind::VerifyEmail);
        world.store.fail_at(fault);
        let proven = verify(&world, &token).await.is_ok();
        assert_eq!(world.user("jane@example.com").unwrap().email_verified_at.is_some(), proven);
        if proven {
            assert_eq!(fault, 6, "the token, the user, the audit log, the revocation log, the commit");
            break;
        }
        world.store.fail_at(0);
        verify(&world, &token).await.expect("the token is still good");
    }
}

#[tokio::test]
async fn where_accounts_are_hidden_a_right_password_does_not_tell_that_the_address_was_free() {
    let world = World::with(|_, settings| {
        settings.registration.require_verified_email = true;
        settings.registration.reveal_existing_accounts = false;
    });
    world.register(jane("jane@example.com")).await.unwrap();
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::InvalidCredentials)));
    world.prove().await;
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
}

//! The audit log: each act leaves its entry, and no secret.

use doorward_application::ports::MessageKind;
use doorward_domain::audit::AuditKind;

use crate::world::{PASSWORD, World, laptop, secret};

#[tokio::test]
async fn a_life_leaves_its_trail() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    world.log_in("jane@example.com", "not it at all").await.err();
    let again = world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = world.actor(&again.tokens).await;
    world.app.account.change_password.execute(&actor, &PASSWORD.into(), &"a new harbour".into()).await.unwrap();
    world.app.account.change_email.execute(&actor, "janet@example.com", &"a new harbour".into()).await.unwrap();
    world.app.account.confirm_email.execute(&world.link(MessageKind::ConfirmEmail), laptop()).await.unwrap();
    world.app.account.export.execute(&actor).await.unwrap();
    world.app.sessions.revoke_all.execute(&actor).await.unwrap();
    assert_eq!(
        world.trail(),
        [
            AuditKind::SignedUp,
            AuditKind::EmailVerified,
            AuditKind::SignInFailed,
            AuditKind::SignedIn,
            AuditKind::PasswordChanged,
            AuditKind::EmailChangeRequested,
            AuditKind::EmailChanged,
            AuditKind::DataExported,
            AuditKind::SignedOutEverywhere,
        ]
    );
    for event in world.store.audit_events() {
        assert_eq!(event.user_id, Some(jane.user.id), "{event:?}");
        assert_eq!(event.device, laptop(), "{event:?}");
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_found_by_what_was_typed_and_does_not_tell_it() {
    let world = World::new();
    for typed in ["Jane@Example.com", " jane@example.com "] {
        world.log_in(typed, "whatever it is").await.err();
    }
    world.log_in("john@example.com", "whatever it is").await.err();
    let events = world.store.audit_events();
    assert_eq!(events[0].identifier, events[1].identifier);
    assert_ne!(events[0].identifier, events[2].identifier);
    assert!(events.iter().all(|event| event.identifier.is_some() && event.user_id.is_none()));
    assert!(!format!("{events:?}").contains("example.com"));
}

#[tokio::test]
async fn a_sign_out_is_written_once() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    for _ in 0..2 {
        let presented = doorward_application::auth::Presented {
            refresh_token: Some(secret(&jane.tokens.refresh)),
            ..doorward_application::auth::Presented::default()
        };
        world.app.auth.log_out.execute(presented, laptop()).await.unwrap();
    }
    assert_eq!(world.trail(), [AuditKind::SignedUp, AuditKind::SignedOut]);
}

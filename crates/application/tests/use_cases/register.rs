//! Sign-up.

use std::sync::Arc;

use doorward_application::{
    Fault,
    auth::{RegisterError, Registered},
    ports::{Access, Clock as _, MessageKind, Store as _, password_blocklist::MockPasswordBlocklist},
};
use doorward_domain::{Rejection, Role, token::OneTimePurpose};
use doorward_testkit::{PlainHasher, memory_store::Counts};

use crate::world::{World, broken_signer, jane};

#[tokio::test]
async fn a_fault_between_any_two_writes_leaves_nothing() {
    let mut faults = 1;
    loop {
        let world = World::new();
        world.store.fail_at(faults);
        let signed_up = world.register(jane("jane@example.com")).await;
        if signed_up.is_ok() {
            break;
        }
        assert!(matches!(signed_up, Err(RegisterError::Fault(Fault::Store(_)))));
        assert!(world.store.counts() == Counts::default(), "write {faults} failed and something stayed");
        faults += 1;
    }
    // User, profile, one-time token, message, session and commit: at least so many writes there were to fail.
    assert!(faults > 6, "{faults}");
}

#[tokio::test]
async fn a_token_that_cannot_be_signed_leaves_nothing() {
    let world = World::with(|ports, _| ports.signer = broken_signer());
    let refused = world.register(jane("jane@example.com")).await;
    assert!(matches!(refused, Err(RegisterError::Fault(Fault::Sign(_)))));
    assert!(world.store.counts() == Counts::default());
}

#[tokio::test]
async fn a_password_that_cannot_be_hashed_leaves_nothing() {
    let world = World::with(|ports, _| ports.hasher = Arc::new(PlainHasher::overloaded()));
    let refused = world.register(jane("jane@example.com")).await;
    assert!(matches!(refused, Err(RegisterError::Fault(Fault::Hash(_)))));
    assert!(world.store.counts() == Counts::default());
}

#[tokio::test]
async fn the_mail_holds_the_token_whose_digest_is_stored() {
    let world = World::new();
    world.sign_up("Jane@example.com").await;
    let messages = world.store.messages();
    let [message] = messages.as_slice() else { panic!("not one message") };
    assert_eq!((message.to.typed(), message.name.as_deref()), ("Jane@example.com", Some("Jane Doe")));
    assert_eq!(message.kind, MessageKind::VerifyEmail);
    let digest = message.token.as_ref().unwrap().digest();
    let now = world.clock.now();
    let mut unit = world.store.begin(Access::Write).await.unwrap();
    let stored = unit.one_time_tokens().find(OneTimePurpose::VerifyEmail, &digest, now).await.unwrap().unwrap();
    assert_eq!(stored.address.canonical(), "jane@example.com");
    assert_eq!((stored.expires_at - stored.created_at).num_hours(), 24);
}

#[tokio::test]
async fn a_role_that_is_not_self_service_is_refused_before_anything_else_is_looked_at() {
    let world = World::new();
    let mut command = jane("not an address");
    command.role = Some("admin".to_owned());
    assert!(matches!(world.register(command).await, Err(RegisterError::RoleNotAllowed)));
}

#[tokio::test]
async fn a_deployment_decides_which_roles_are_self_service() {
    let world = World::with(|_, settings| settings.registration.self_service_roles = vec![Role::Employer]);
    assert!(matches!(world.register(jane("jane@example.com")).await, Err(RegisterError::RoleNotAllowed)));
}

#[tokio::test]
async fn a_password_on_a_list_is_refused_with_the_reason() {
    let world = World::with(|ports, _| {
        let mut list = MockPasswordBlocklist::new();
        list.expect_refuses().return_const(Rejection::CommonPassword);
        ports.blocklists = vec![Arc::new(list)];
    });
    let Err(RegisterError::Invalid(errors)) = world.register(jane("jane@example.com")).await else {
        panic!("it was not refused")
    };
    assert_eq!((errors.0[0].field, errors.0[0].rejection), ("password", Rejection::CommonPassword));
}

#[tokio::test]
async fn a_hidden_account_is_told_to_its_owner_alone() {
    let world = World::with(|_, settings| settings.registration.reveal_existing_accounts = false);
    for email in ["Jane@example.com", "jane@example.com"] {
        assert!(matches!(world.register(jane(email)).await, Ok(Registered::Accepted)));
    }
    let messages = world.store.messages();
    assert_eq!(messages[1].kind, MessageKind::AccountExists);
    // To the address as its owner wrote it.
    assert_eq!(messages[1].to.typed(), "Jane@example.com");
}

#[tokio::test]
async fn a_username_does_not_tell_whether_a_hidden_address_was_free() {
    let world = World::with(|_, settings| settings.registration.reveal_existing_accounts = false);
    world.register(jane("jane@example.com")).await.unwrap();
    for email in ["jane@example.com", "nobody@example.com"] {
        let mut probe = jane(email);
        probe.username = Some("probe".to_owned());
        let Err(RegisterError::Invalid(errors)) = world.register(probe).await else { panic!("it was not refused") };
        assert_eq!((errors.0[0].field, errors.0[0].rejection), ("username", Rejection::ChosenLater));
    }
    assert_eq!(world.store.counts().users, 1);
}

#[tokio::test]
async fn a_bad_password_is_told_beside_a_bad_address() {
    let world = World::new();
    let mut command = jane("not an address");
    command.password = "short".into();
    let Err(RegisterError::Invalid(errors)) = world.register(command).await else { panic!("it was not refused") };
    let fields: Vec<_> = errors.0.iter().map(|error| error.field).collect();
    assert_eq!(fields, ["email", "password"]);
}

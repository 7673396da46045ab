//! The first administrator.

use doorward_application::admin::{CreateAdminCommand, CreateAdminError};
use doorward_domain::Role;
use doorward_testkit::memory_store::Counts;

use crate::world::{PASSWORD, World};

fn root(email: &str, password: &str) -> CreateAdminCommand {
    CreateAdminCommand {
        email: email.to_owned(),
        password: password.into(),
        first_name: "Root".to_owned(),
        last_name: "Admin".to_owned(),
    }
}

#[tokio::test]
async fn an_administrator_can_sign_in_and_no_session_or_mail_was_made() {
    let world = World::new();
    world.app.admin.create_admin.execute(root("root@example.com", PASSWORD)).await.unwrap();
    assert!(world.store.sessions().is_empty() && world.store.messages().is_empty());
    let signed_in = world.log_in("root@example.com", PASSWORD).await.unwrap();
    assert_eq!(signed_in.user.role, Role::Admin);
    assert!(signed_in.user.email_verified_at.is_some());
}

#[tokio::test]
async fn the_rules_for_passwords_hold_for_administrators_too() {
    let world = World::new();
    let refused = world.app.admin.create_admin.execute(root("root@example.com", "short")).await;
    assert!(matches!(refused, Err(CreateAdminError::Invalid(_))));
    assert!(world.store.counts() == Counts::default());
}

#[tokio::test]
async fn an_account_is_never_taken_over() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let refused = world.app.admin.create_admin.execute(root("JANE@example.com", PASSWORD)).await;
    assert!(matches!(refused, Err(CreateAdminError::UserAlreadyExists)));
    assert_eq!(world.log_in("jane@example.com", PASSWORD).await.unwrap().user.role, Role::Candidate);
}

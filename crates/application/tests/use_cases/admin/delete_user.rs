//! The end of an account, by an administrator.

use doorward_domain::{audit::AuditKind, session::Device};

use super::office::{Office, invitation};
use crate::world::PASSWORD;

#[tokio::test]
async fn a_deleted_user_is_gone_at_once_and_the_log_forgets_the_devices() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    let id = jane.user.id;
    office.world.app.admin.delete_user.execute(&office.root, id).await.unwrap();
    assert!(office.world.user("jane@example.com").is_none() && office.profiles(id).await.is_empty());
    assert!(!office.world.is_live(&jane.tokens).await);
    assert!(office.world.log_in("jane@example.com", PASSWORD).await.is_err());
    office.the_entry(AuditKind::AccountDeleted, id);
    let signed_up = office.entries(AuditKind::SignedUp);
    assert_eq!((signed_up[0].user_id, &signed_up[0].device), (Some(id), &Device::default()));
    let counts = office.world.store.counts();
    assert_eq!((counts.users, counts.sessions, counts.one_time_tokens, counts.messages), (1, 1, 0, 0));
}

#[tokio::test]
async fn the_address_is_free_again_and_its_invitations_are_forgotten() {
    let office = Office::new().await;
    let invited = office.invite("jane@example.com", "CANDIDATE").await;
    let jane = office.candidate("jane@example.com").await.user;
    assert_eq!(office.world.store.invitations(), [invited]);
    office.world.edit(&jane, |user| user.email_verified_at = Some(user.created_at)).await;
    office.world.app.admin.delete_user.execute(&office.root, jane.id).await.unwrap();
    assert!(office.world.store.invitations().is_empty());
    let again = office.world.app.admin.invite.execute(&office.root, invitation("jane@example.com", "CANDIDATE"));
    again.await.unwrap();
}

#[tokio::test]
async fn an_account_that_was_to_go_later_goes_at_once() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await;
    office.world.app.account.delete.execute(&jane, &PASSWORD.into()).await.unwrap();
    office.world.app.admin.delete_user.execute(&office.root, jane.user.id).await.unwrap();
    assert!(office.world.user("jane@example.com").is_none());
}

#[tokio::test]
async fn an_administrator_who_deletes_themselves_is_forgotten_too() {
    let office = Office::new().await;
    office.admin("second@example.com").await;
    office.world.app.admin.delete_user.execute(&office.root, office.root.user.id).await.unwrap();
    let entries = office.world.store.audit_events();
    let of_root = entries.iter().filter(|event| event.user_id == Some(office.root.user.id));
    assert!(of_root.clone().count() >= 2);
    assert!(of_root.clone().all(|event| event.device == Device::default()), "{entries:?}");
}

//! Users are handed over, and come back as they were.

use doorward_application::operations::{ExportedUser, ImportOutcome, UserRecord};
use doorward_domain::{
    Role,
    user::{PasswordHash, UserStatus, Username},
};

use crate::{
    import::{import, line},
    world::{DAY, PASSWORD, World},
};

async fn export(world: &World, with_hashes: bool) -> Vec<ExportedUser> {
    let (mut users, mut after) = (Vec::new(), None);
    loop {
        let page = world.app.operations.export_users.page(after, with_hashes).await.unwrap();
        users.extend(page.users);
        after = page.next;
        if after.is_none() {
            return users;
        }
    }
}

/// What a file would have of the user.
fn written(exported: &ExportedUser) -> UserRecord {
    let ExportedUser { user, profile, password } = exported;
    UserRecord {
        id: Some(user.id.to_string()),
        email: Some(user.email.typed().to_owned()),
        password_hash: password.as_ref().map(|hash| PasswordHash::new(hash.expose().to_owned())),
        first_name: Some(user.name.first().as_str().to_owned()),
        last_name: Some(user.name.last().as_str().to_owned()),
        username: user.username.as_ref().map(|name| name.typed().to_owned()),
        role: Some(user.role.to_string()),
        company: profile.company().map(|company| company.as_str().to_owned()),
        locale: Some(user.locale.as_str().to_owned()),
        email_verified: Some(user.email_verified_at.is_some()),
        active: Some(user.status.is_active()),
        created_at: Some(user.created_at.to_rfc3339()),
        last_login_at: user.last_login_at.map(|at| at.to_rfc3339()),
        ..UserRecord::default()
    }
}

#[tokio::test]
async fn everyone_is_exported_once_however_many_pages_they_are() {
    let world = World::new();
    let records: Vec<_> = (0..1_201).map(|n| line(&format!("user{n}@example.com"))).collect();
    for records in records.chunks(500) {
        import(&world, records.iter().map(|record| line(record.email.as_ref().unwrap())).collect()).await;
    }
    let mut emails: Vec<_> =
        export(&world, false).await.iter().map(|exported| exported.user.email.canonical().to_owned()).collect();
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), 1_201);
}

#[tokio::test]
async fn hashes_are_handed_over_on_request_only() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    assert!(export(&world, false).await[0].password.is_none());
    assert!(export(&world, true).await[0].password.is_some());
}

#[tokio::test]
async fn whoever_asked_to_be_deleted_is_left_out() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let deletes_at = world.now() + 14 * DAY;
    world.edit(&jane.user, |user| user.deletes_at = Some(deletes_at)).await;
    assert!(export(&world, true).await.is_empty());
}

#[tokio::test]
async fn what_was_exported_is_the_same_where_it_is_imported() {
    let world = World::new();
    let jane = world.sign_up("Jane@Example.com").await;
    world.sign_up("root@example.com").await;
    world.prove().await;
    world.advance(DAY);
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
    world
        .edit(&jane.user, |user| {
            user.username = Some(Username::parse("Jane_Doe").unwrap());
            user.last_login_at = Some(world.now());
            user.status = UserStatus::Deactivated;
        })
        .await;
    let exported = export(&world, true).await;

    let other = World::new();
    other.advance(2 * DAY);
    let outcomes = import(&other, exported.iter().map(written).collect()).await;
    assert_eq!(outcomes, [ImportOutcome::Imported, ImportOutcome::Imported]);
    for (before, after) in exported.iter().zip(export(&other, true).await) {
        let mut expected = before.user.clone();
        // These are not in a file: when the address was proven, and what only counts changes here.
        expected.email_verified_at = expected.email_verified_at.map(|_| expected.created_at);
        (expected.proof_due_at, expected.epoch, expected.credential_version) = (None, 0, 0);
        assert_eq!(after.user, expected);
        assert_eq!(after.profile, before.profile);
        assert_eq!(after.password.unwrap().expose(), before.password.as_ref().unwrap().expose());
        assert_eq!(after.user.role, Role::Candidate);
    }
}

//! What an administrator does is done whole or not at all.

use doorward_domain::Role;

use super::office::{Act, FIRST_KEY, Office, State, said, to_role};

/// Runs the act again and again, each time with another of its writes broken, until none is: whenever it failed,
/// nothing at all was written. Says how many writes there are, the commit counted.
async fn writes(act: impl AsyncFn(&Office) -> Result<(), String>) -> u32 {
    for fault in 1.. {
        let office = prepared().await;
        let before: State = office.state();
        office.world.store.fail_at(fault);
        if act(&office).await.is_ok() {
            return fault - 1;
        }
        assert_eq!(office.state(), before, "write {fault} failed and something stayed");
    }
    unreachable!("an act that has no end")
}

/// An office with Jane, and with an invitation of a guest.
async fn prepared() -> Office {
    let office = Office::new().await;
    office.invite("guest@example.com", "EMPLOYER").await;
    office.candidate("jane@example.com").await;
    office
}

fn jane(office: &Office) -> doorward_domain::UserId {
    office.world.store.users().iter().find(|user| user.email.canonical() == "jane@example.com").unwrap().id
}

#[tokio::test]
async fn an_account_is_made_with_all_that_belongs_to_it_or_not_at_all() {
    let made = writes(async |office| {
        let invited = office.world.store.invitations()[0].id;
        Act::CreateUser.attempt(&office.world, &office.root, jane(office), invited).await
    });
    // User, profile, earlier links, link, message, audit entry, commit.
    assert_eq!(made.await, 7);
}

#[tokio::test]
async fn a_role_is_changed_with_profile_and_names_or_not_at_all() {
    let changed = writes(async |office| {
        let mut command = to_role(Role::Employer);
        command.first_name = Some("Janet".to_owned());
        said(office.world.app.admin.update_user.execute(&office.root, jane(office), command).await)
    });
    // User, old profile, new profile looked for and made, two audit entries, commit.
    assert_eq!(changed.await, 8);
}

#[tokio::test]
async fn an_account_is_removed_whole_or_not_at_all() {
    let removed =
        writes(async |office| said(office.world.app.admin.delete_user.execute(&office.root, jane(office)).await));
    // Devices, user, audit entry, commit.
    assert_eq!(removed.await, 5);
}

#[tokio::test]
async fn a_user_is_deactivated_with_sessions_and_links_or_not_at_all() {
    let deactivated =
        writes(async |office| said(office.world.app.admin.deactivate_user.execute(&office.root, jane(office)).await));
    // User, sessions, links, audit entry, commit.
    assert_eq!(deactivated.await, 6);
}

#[tokio::test]
async fn a_key_is_published_with_its_entry_or_not_at_all() {
    let published = writes(async |office| said(office.world.app.admin.rotate_keys.execute(&office.root).await));
    // Key, audit entry, revocation log, commit.
    assert_eq!(published.await, 4);
}

#[tokio::test]
async fn a_key_is_revoked_with_another_in_its_place_or_not_at_all() {
    let revoked = writes(async |office| said(office.world.app.admin.revoke_key.execute(&office.root, FIRST_KEY).await));
    // Key, twice because another is made between, the other key, audit entry, revocation log, commit.
    assert_eq!(revoked.await, 6);
}

#[tokio::test]
async fn an_invitation_is_made_with_its_message_or_the_earlier_one_stays_good() {
    let invited = writes(async |office| {
        let command = super::office::invitation("guest@example.com", "ADMIN");
        said(office.world.app.admin.invite.execute(&office.root, command).await)
    });
    // Earlier invitations, invitation, message, audit entry, commit.
    assert_eq!(invited.await, 5);
}

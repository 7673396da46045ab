//! The signed-in user's own account.

use doorward_application::account::{UpdateAccountCommand, UpdateAccountError};
use doorward_domain::{
    Role,
    profile::{CandidateProfileChange, ProfileChange},
};

use crate::world::World;

#[tokio::test]
async fn a_change_is_made_whole_or_not_at_all() {
    let mut faults = 1;
    loop {
        let world = World::new();
        let jane = world.sign_up("jane@example.com").await;
        let actor = world.actor(&jane.tokens).await;
        let command = UpdateAccountCommand {
            first_name: Some("Janet".to_owned()),
            profile: Some(ProfileChange::Candidate(CandidateProfileChange::default())),
            ..UpdateAccountCommand::default()
        };
        world.store.fail_at(faults);
        let changed = world.app.account.update.execute(&actor, command).await;
        let name = world.actor(&jane.tokens).await.user.name.first().as_str().to_owned();
        if changed.is_ok() {
            assert_eq!(name, "Janet");
            break;
        }
        assert_eq!(name, "Jane", "write {faults} failed");
        faults += 1;
    }
    assert_eq!(faults, 6, "the user, the profile, the audit log, the revocation log, the commit");
}

#[tokio::test]
async fn a_change_that_was_made_for_another_role_changes_nothing() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let mut unit = doorward_application::ports::Store::begin(&world.store, doorward_application::ports::Access::Write)
        .await
        .unwrap();
    let admin = doorward_domain::profile::Profile::Admin(doorward_domain::profile::AdminProfile::default());
    unit.profiles().insert(jane.user.id, &admin).await.unwrap();
    unit.commit().await.unwrap();
    world.edit(&jane.user, |user| user.role = Role::Admin).await;
    let command = UpdateAccountCommand {
        first_name: Some("Janet".to_owned()),
        profile: Some(ProfileChange::Candidate(CandidateProfileChange::default())),
        ..UpdateAccountCommand::default()
    };
    let refused = world.app.account.update.execute(&actor, command).await;
    assert!(matches!(refused, Err(UpdateAccountError::RoleChanged)));
    assert_eq!(world.actor(&jane.tokens).await.user.name.first().as_str(), "Jane");
}

#[tokio::test]
async fn a_session_that_ended_on_the_way_changes_nothing() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    world.app.sessions.revoke_all.execute(&actor).await.unwrap();
    let command = UpdateAccountCommand { first_name: Some("Janet".to_owned()), ..UpdateAccountCommand::default() };
    let refused = world.app.account.update.execute(&actor, command).await;
    assert!(matches!(refused, Err(UpdateAccountError::SessionEnded)));
    assert_eq!(world.store.users()[0].name.first().as_str(), "Jane");
}

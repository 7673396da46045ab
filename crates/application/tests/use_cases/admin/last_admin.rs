//! The platform is never left without an administrator.

use doorward_application::admin::UpdateUserCommand;
use doorward_domain::{
    InvitationId, Role,
    user::{User, UserStatus},
};
use doorward_testkit::{CountingIds, builders::noon};

use super::office::{Act, Office, to_role};
use crate::world::edit;

fn no_invitation() -> InvitationId {
    InvitationId::new(CountingIds::nth(99, noon()))
}

#[tokio::test]
async fn the_last_administrator_can_neither_be_demoted_nor_deactivated_nor_deleted() {
    for act in Act::TAKING {
        let office = Office::new().await;
        office.candidate("jane@example.com").await;
        let before = office.state();
        let refused = act.attempt(&office.world, &office.root, office.root.user.id, no_invitation()).await;
        assert_eq!(refused, Err("the last administrator".to_owned()), "{act:?}");
        assert_eq!(office.state(), before, "{act:?}");
    }
}

#[tokio::test]
async fn one_of_two_administrators_may_go_and_then_the_other_is_the_last() {
    for act in Act::TAKING {
        let office = Office::new().await;
        let second = office.admin("second@example.com").await;
        let gone = act.attempt(&office.world, &office.root, office.root.user.id, no_invitation()).await;
        assert_eq!(gone, Ok(()), "{act:?}");
        let refused = act.attempt(&office.world, &second, second.user.id, no_invitation()).await;
        assert_eq!(refused, Err("the last administrator".to_owned()), "{act:?}");
    }
}

/// An administrator who cannot sign in does not count.
async fn absent(change: impl Fn(&mut User)) {
    for act in Act::TAKING {
        let office = Office::new().await;
        let absent = office.admin("absent@example.com").await;
        edit(&office.world.store, &absent.user, &change).await;
        let refused = act.attempt(&office.world, &office.root, office.root.user.id, no_invitation()).await;
        assert_eq!(refused, Err("the last administrator".to_owned()), "{act:?}");
        let gone = act.attempt(&office.world, &office.root, absent.user.id, no_invitation()).await;
        assert_eq!(gone, Ok(()), "{act:?}");
    }
}

#[tokio::test]
async fn a_deactivated_administrator_is_none_to_rely_on() {
    absent(|admin| admin.status = UserStatus::Deactivated).await;
}

#[tokio::test]
async fn an_administrator_who_is_about_to_leave_is_none_to_rely_on() {
    absent(|admin| admin.deletes_at = Some(noon())).await;
}

#[tokio::test]
async fn the_last_administrator_may_be_renamed_and_given_the_same_role() {
    let office = Office::new().await;
    let id = office.root.user.id;
    let command = UpdateUserCommand { first_name: Some("Zoe".to_owned()), ..to_role(Role::Admin) };
    let (root, _) = office.world.app.admin.update_user.execute(&office.root, id, command).await.unwrap();
    assert_eq!((root.name.first().as_str(), root.role, root.epoch), ("Zoe", Role::Admin, 0));
}

#[tokio::test]
async fn an_administrator_who_stepped_down_is_none() {
    let office = Office::new().await;
    office.admin("second@example.com").await;
    let id = office.root.user.id;
    let step_down = || office.world.app.admin.update_user.execute(&office.root, id, to_role(Role::Candidate));
    assert_eq!(step_down().await.unwrap().0.role, Role::Candidate);
    let refused = step_down().await.unwrap_err();
    assert_eq!(refused.to_string(), "not an administrator");
}

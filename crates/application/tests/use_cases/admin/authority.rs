//! Who may act as an administrator.

use doorward_application::ports::{Access, Store as _};
use doorward_domain::{
    InvitationId, Role, UserId,
    user::{User, UserStatus},
};
use doorward_testkit::CountingIds;

use super::office::{Act, Office};
use crate::world::edit;

const FORBIDDEN: &str = "not an administrator";
const SESSION_ENDED: &str = "the session has ended";

/// An office with a user to act upon and an invitation to withdraw.
async fn office() -> (Office, UserId, InvitationId) {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await;
    let invited = office.invite("guest@example.com", "EMPLOYER").await;
    (office, jane.user.id, invited.id)
}

#[tokio::test]
async fn an_administrator_may_do_everything() {
    for act in Act::READING.into_iter().chain(Act::WRITING) {
        let (office, jane, invited) = office().await;
        assert_eq!(act.attempt(&office.world, &office.root, jane, invited).await, Ok(()), "{act:?}");
    }
}

#[tokio::test]
async fn nobody_else_may_do_anything_even_to_themselves() {
    let (office, jane, invited) = office().await;
    let mallory = office.candidate("mallory@example.com").await;
    let before = office.state();
    // Someone writes, and takes all the time in the world: who may not act does not come to wait for that.
    let turn = office.world.store.begin(Access::Write).await.unwrap();
    for act in Act::READING.into_iter().chain(Act::WRITING) {
        for target in [jane, mallory.user.id, UserId::new(CountingIds::nth(99, before_all()))] {
            let refused = act.attempt(&office.world, &mallory, target, invited).await;
            assert_eq!(refused, Err(FORBIDDEN.to_owned()), "{act:?}");
        }
    }
    drop(turn);
    assert_eq!(office.state(), before);
}

/// What becomes of an administrator while the body of a request is on its way.
async fn meanwhile(change: impl Fn(&mut User), refusal: &str) {
    for act in Act::WRITING {
        let (office, jane, invited) = office().await;
        edit(&office.world.store, &office.root.user, &change).await;
        let before = office.state();
        let refused = act.attempt(&office.world, &office.root, jane, invited).await;
        assert_eq!(refused, Err(refusal.to_owned()), "{act:?}");
        assert_eq!(office.state(), before, "{act:?}");
    }
}

#[tokio::test]
async fn whoever_was_demoted_meanwhile_changes_nothing() {
    meanwhile(|root| root.role = Role::Candidate, FORBIDDEN).await;
}

#[tokio::test]
async fn whoever_was_deactivated_meanwhile_changes_nothing() {
    meanwhile(|root| root.status = UserStatus::Deactivated, SESSION_ENDED).await;
}

#[tokio::test]
async fn whoever_is_about_to_leave_changes_nothing() {
    meanwhile(|root| root.deletes_at = Some(before_all()), SESSION_ENDED).await;
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_nothing() {
    for act in Act::WRITING {
        let (office, jane, invited) = office().await;
        office.world.app.sessions.revoke_all.execute(&office.root).await.unwrap();
        let before = office.state();
        let refused = act.attempt(&office.world, &office.root, jane, invited).await;
        assert_eq!(refused, Err(SESSION_ENDED.to_owned()), "{act:?}");
        assert_eq!(office.state(), before, "{act:?}");
    }
}

#[tokio::test]
async fn a_user_who_is_not_there_is_not_found() {
    let (office, _, invited) = office().await;
    let before = office.state();
    let nobody = UserId::new(CountingIds::nth(99, before_all()));
    for act in Act::UPON_A_USER {
        let refused = act.attempt(&office.world, &office.root, nobody, invited).await;
        assert_eq!(refused, Err("not found".to_owned()), "{act:?}");
    }
    assert_eq!(office.state(), before);
}

/// A moment when there was nobody yet.
fn before_all() -> doorward_domain::Timestamp {
    "2025-01-01T00:00:00Z".parse().unwrap()
}

//! One who waits for what another has written and not committed yet. Only on PostgreSQL do two write at a time.

use std::{future::Future, time::Duration};

use doorward_application::ports::{Access, Claim, Claimed, Lease, Store as _, StoreError};
use doorward_domain::UserId;
use doorward_infrastructure::store::{SeaStore, scratch::ScratchDatabase};
use doorward_testkit::builders::{claim, invitation, message, noon, user};
use sea_orm::{ConnectionTrait as _, Statement};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{push, raw, two_processes, write};

/// The second unit, once it waits for a lock of the first.
pub(crate) async fn begun_to_wait<T: Send + 'static>(
    database: &ScratchDatabase,
    second: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> JoinHandle<Result<T, StoreError>> {
    let raw = raw(database).await;
    let question = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let question = Statement::from_string(raw.get_database_backend(), question);
    let waiting = tokio::spawn(second);
    while raw.query_one_raw(question.clone()).await.unwrap().is_none() {
        assert!(!waiting.is_finished(), "it waits for nobody");
        tokio::task::yield_now().await;
    }
    waiting
}

fn another(now: Duration) -> Claim {
    Claim { holder: Uuid::from_u128(2), held_until: noon() + now + Duration::from_mins(1), ..claim(1) }
}

async fn claimed(store: SeaStore, claim: Claim, after: Duration) -> Result<Claimed, StoreError> {
    let mut unit = store.begin(Access::Write).await?;
    let claimed = unit.kept_answers().claim(&claim, noon() + after).await?;
    unit.commit().await?;
    Ok(claimed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_waits_for_another_of_the_same_key_and_finds_it_held() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    let mut unit = write(&first).await;
    assert!(matches!(unit.kept_answers().claim(&claim(1), noon()).await.unwrap(), Claimed::Ours));
    let waiting = begun_to_wait(&database, claimed(second, another(Duration::ZERO), Duration::ZERO)).await;
    unit.commit().await.unwrap();
    assert!(matches!(waiting.await.unwrap().unwrap(), Claimed::Held { same_request: true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_waits_for_another_that_is_dropped_and_gets_the_key() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    let mut unit = write(&first).await;
    assert!(matches!(unit.kept_answers().claim(&claim(1), noon()).await.unwrap(), Claimed::Ours));
    let waiting = begun_to_wait(&database, claimed(second, another(Duration::ZERO), Duration::ZERO)).await;
    drop(unit);
    assert!(matches!(waiting.await.unwrap().unwrap(), Claimed::Ours));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_taken_over_meanwhile_is_not_purged() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    let day = Duration::from_hours(24);
    claimed(first.clone(), claim(1), Duration::ZERO).await.unwrap();
    let again = Claim { kept_until: noon() + 2 * day, ..another(day) };
    let mut unit = write(&first).await;
    assert!(matches!(unit.kept_answers().claim(&again, noon() + day).await.unwrap(), Claimed::Ours));
    let purging = async move {
        let mut unit = second.begin(Access::Write).await?;
        let purged = unit.kept_answers().purge(noon() + day, 9).await?;
        unit.commit().await?;
        Ok(purged)
    };
    let waiting = begun_to_wait(&database, purging).await;
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), 0);
    assert!(matches!(claimed(first, again, day).await.unwrap(), Claimed::Held { same_request: true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_leased_meanwhile_is_not_retried() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    push(&first, 1).await;
    let lease = Lease { id: Uuid::from_u128(1), until: noon() + Duration::from_mins(1) };
    let mut unit = write(&first).await;
    assert_eq!(unit.outbox().lease(lease, noon(), 1).await.unwrap().len(), 1);
    let retrying = async move {
        let mut unit = second.begin(Access::Write).await?;
        let retried = unit.outbox().retry(None, noon()).await?;
        unit.commit().await?;
        Ok(retried)
    };
    let waiting = begun_to_wait(&database, retrying).await;
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), 0);
    assert!(write(&first).await.outbox().remove(message(&user(1), 0).id, lease.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_to_lease() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    push(&first, 3).await;
    let lease = |n| Lease { id: Uuid::from_u128(n), until: noon() + Duration::from_mins(1) };
    let (mut one, mut other) = (write(&first).await, write(&second).await);
    assert_eq!(one.outbox().lease(lease(1), noon(), 2).await.unwrap().len(), 2);
    let left = other.outbox().lease(lease(2), noon(), 2).await.unwrap();
    assert_eq!(left.iter().map(|left| left.message.id).collect::<Vec<_>>(), [message(&user(1), 2).id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_withdrawn_meanwhile_is_not_accepted() {
    let database = ScratchDatabase::postgres().await;
    let [first, second] = two_processes(&database).await;
    let mut unit = write(&first).await;
    unit.invitations().insert(&invitation(1)).await.unwrap();
    unit.commit().await.unwrap();
    let mut unit = write(&first).await;
    assert_eq!(unit.invitations().withdraw_all(&invitation(1).email, noon()).await.unwrap(), 1);
    let accepting = async move {
        let mut unit = second.begin(Access::Write).await?;
        let accepted = unit.invitations().accept(invitation(1).id, UserId::new(Uuid::nil()), noon()).await?;
        unit.commit().await?;
        Ok(accepted)
    };
    let waiting = begun_to_wait(&database, accepting).await;
    unit.commit().await.unwrap();
    assert!(!waiting.await.unwrap().unwrap());
}

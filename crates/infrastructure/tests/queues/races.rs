//! Many at once.

use std::{collections::HashSet, time::Duration};

use doorward_application::ports::{Claim, Claimed, Lease, StoreError};
use doorward_domain::{UserId, invitation::InvitationEnd};
use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_testkit::builders::{claim, invitation, noon};
use uuid::Uuid;

use crate::{on_both_databases, push, race, two_processes, write};

on_both_databases! {
    sixteen_units_that_lease_at_once_take_no_message_twice
    one_of_twenty_claims_at_once_gets_the_key
    one_of_twenty_claims_at_once_takes_a_key_over
    of_those_who_accept_and_withdraw_an_invitation_at_once_one_succeeds
}

async fn sixteen_units_that_lease_at_once_take_no_message_twice(database: ScratchDatabase) {
    let stores = two_processes(&database).await;
    push(&stores[0], 100).await;
    let leased = race(&stores, 16, |store, n| async move {
        let mut ids = Vec::new();
        for round in 0..100 {
            let lease = Lease { id: Uuid::from_u64_pair(n.into(), round), until: noon() + Duration::from_mins(1) };
            let mut unit = write(&store).await;
            let leased = unit.outbox().lease(lease, noon(), 5).await.unwrap();
            unit.commit().await.unwrap();
            ids.extend(leased.iter().map(|leased| (leased.message.id, leased.attempts)));
            // What another has locked is passed over, so that a few may be left.
            if leased.is_empty() {
                break;
            }
        }
        ids
    })
    .await;
    let mut leased: Vec<_> = leased.into_iter().flatten().collect();
    let late = Lease { id: Uuid::max(), until: noon() };
    let left = write(&stores[0]).await.outbox().lease(late, noon(), u32::MAX).await.unwrap();
    leased.extend(left.iter().map(|left| (left.message.id, left.attempts)));
    assert_eq!(leased.len(), 100);
    assert_eq!(leased.iter().collect::<HashSet<_>>().len(), 100);
    assert!(leased.iter().all(|(_, attempts)| *attempts == 1));
}

/// Twenty who claim one key, each as another holder, long after this claim of it.
async fn claims(database: &ScratchDatabase, before: Option<Claim>) -> Vec<Claimed> {
    let stores = two_processes(database).await;
    if let Some(before) = before {
        let mut unit = write(&stores[0]).await;
        unit.kept_answers().claim(&before, noon()).await.unwrap();
        unit.commit().await.unwrap();
    }
    let later = noon() + Duration::from_mins(2);
    race(&stores, 20, move |store, n| async move {
        let claim = Claim { holder: Uuid::from_u128(n.into()), held_until: later + Duration::from_mins(1), ..claim(1) };
        let mut unit = write(&store).await;
        let claimed = unit.kept_answers().claim(&claim, later).await.unwrap();
        unit.commit().await.unwrap();
        claimed
    })
    .await
}

fn assert_one_is_ours(claimed: &[Claimed]) {
    assert_eq!(claimed.iter().filter(|claimed| matches!(claimed, Claimed::Ours)).count(), 1);
    assert_eq!(claimed.iter().filter(|claimed| matches!(claimed, Claimed::Held { same_request: true })).count(), 19);
}

async fn one_of_twenty_claims_at_once_gets_the_key(database: ScratchDatabase) {
    assert_one_is_ours(&claims(&database, None).await);
}

async fn one_of_twenty_claims_at_once_takes_a_key_over(database: ScratchDatabase) {
    assert_one_is_ours(&claims(&database, Some(claim(1))).await);
}

async fn of_those_who_accept_and_withdraw_an_invitation_at_once_one_succeeds(database: ScratchDatabase) {
    let stores = two_processes(&database).await;
    let invitation = invitation(1);
    let mut unit = write(&stores[0]).await;
    unit.invitations().insert(&invitation).await.unwrap();
    unit.commit().await.unwrap();
    let id = invitation.id;
    let closed = race(&stores, 16, |store, n| async move {
        let by = UserId::new(Uuid::from_u128(n.into()));
        let mut unit = write(&store).await;
        let end = if n % 4 < 2 {
            let accepted = unit.invitations().accept(id, by, noon()).await?;
            accepted.then_some(InvitationEnd::Accepted { at: noon(), by })
        } else {
            unit.invitations().withdraw(id, noon()).await?.then_some(InvitationEnd::Withdrawn { at: noon() })
        };
        unit.commit().await?;
        Ok::<_, StoreError>(end)
    })
    .await;
    let ends: Vec<_> = closed.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(ends.len(), 1);
    let found = write(&stores[1]).await.invitations().find(&invitation.digest).await.unwrap();
    assert_eq!(found.unwrap().closed, Some(ends[0]));
}

//! The outbox, as an operator sees it and decides about it.

use std::time::Duration;

use doorward_application::ports::{Message, MessageKind, OutboxDepth, QueuedMessage, StoreError};
use doorward_domain::{MessageId, Timestamp};

use super::{
    Outcome, Subject, add_user,
    outbox::{MINUTE, lease, push, put_off, take, tried},
    read, write,
};
use crate::builders::{message, noon, user};

/// Adds five messages and says their names: the first is put off for good and the second for a minute, the third is
/// leased for a minute, the last two were never tried.
async fn fill(subject: &Subject) -> Result<Vec<MessageId>, Box<dyn std::error::Error + Send + Sync>> {
    let ids = push(subject, 5).await?;
    take(subject, lease(1, noon()), noon() + Duration::from_micros(2), 3).await?;
    put_off(subject, ids[0], lease(1, noon()), None).await?;
    put_off(subject, ids[1], lease(1, noon()), Some(noon() + MINUTE)).await?;
    Ok(ids)
}

async fn list(subject: &Subject, limit: u32) -> Result<Vec<QueuedMessage>, StoreError> {
    read(&subject.elsewhere).await?.outbox().list(limit).await
}

async fn depth(subject: &Subject) -> Result<OutboxDepth, StoreError> {
    read(&subject.elsewhere).await?.outbox().depth().await
}

/// Retries and commits.
async fn retry(subject: &Subject, id: Option<MessageId>, now: Timestamp) -> Result<u64, StoreError> {
    let mut unit = write(&subject.store).await?;
    let count = unit.outbox().retry(id, now).await?;
    unit.commit().await?;
    Ok(count)
}

/// Drops and commits.
async fn drop_parked(subject: &Subject, id: Option<MessageId>) -> Result<u64, StoreError> {
    let mut unit = write(&subject.store).await?;
    let count = unit.outbox().drop_parked(id).await?;
    unit.commit().await?;
    Ok(count)
}

pub async fn messages_are_listed_the_oldest_first_with_what_went_wrong(subject: &Subject) -> Outcome {
    fill(subject).await?;
    let untried = |n: u32| QueuedMessage {
        id: message(&user(1), n).id,
        kind: MessageKind::VerifyEmail,
        created_at: noon() + Duration::from_micros(n.into()),
        due_at: Some(noon() + Duration::from_micros(n.into())),
        attempts: 0,
        last_error: None,
    };
    let leased = |n| QueuedMessage { attempts: 1, due_at: Some(noon() + MINUTE), ..untried(n) };
    let put_off = |n| QueuedMessage { last_error: Some("no route to the mail server".to_owned()), ..leased(n) };
    let all = [QueuedMessage { due_at: None, ..put_off(0) }, put_off(1), leased(2), untried(3), untried(4)];
    assert_eq!(list(subject, 9).await?, all);
    assert_eq!(list(subject, 2).await?, all[..2]);
    Ok(())
}

pub async fn messages_of_every_kind_are_listed(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    let mut unit = write(&subject.store).await?;
    for (n, kind) in (0..).zip(MessageKind::ALL) {
        unit.outbox().push(&Message { kind, ..message(&user(1), n) }).await?;
    }
    unit.commit().await?;
    let kinds: Vec<_> = list(subject, u32::MAX).await?.into_iter().map(|queued| queued.kind).collect();
    assert_eq!(kinds, MessageKind::ALL);
    Ok(())
}

pub async fn the_depth_tells_what_waits_since_when_and_what_is_put_off_for_good(subject: &Subject) -> Outcome {
    assert_eq!(depth(subject).await?, OutboxDepth::default());
    let ids = fill(subject).await?;
    let oldest_waiting = Some(noon() + Duration::from_micros(1));
    assert_eq!(depth(subject).await?, OutboxDepth { waiting: 4, parked: 1, oldest_waiting });
    retry(subject, Some(ids[0]), noon()).await?;
    assert_eq!(depth(subject).await?, OutboxDepth { waiting: 5, parked: 0, oldest_waiting: Some(noon()) });
    Ok(())
}

pub async fn a_retried_message_is_due_now_as_if_it_had_never_been_tried(subject: &Subject) -> Outcome {
    let ids = fill(subject).await?;
    let now = noon() + Duration::from_secs(1);
    assert_eq!(retry(subject, Some(ids[0]), now).await?, 1);
    assert_eq!(retry(subject, Some(ids[1]), now).await?, 1);
    assert_eq!(retry(subject, Some(message(&user(1), 9).id), now).await?, 0);
    let leased = take(subject, lease(2, now), now, 9).await?;
    assert_eq!(tried(&leased), [(ids[3], 1), (ids[4], 1), (ids[0], 1), (ids[1], 1)]);
    Ok(())
}

pub async fn all_messages_are_retried_but_those_that_are_leased(subject: &Subject) -> Outcome {
    let ids = fill(subject).await?;
    let now = noon() + Duration::from_secs(1);
    assert_eq!(retry(subject, Some(ids[2]), now).await?, 0);
    assert_eq!(retry(subject, None, now).await?, 4);
    let leased = take(subject, lease(2, now), now, 9).await?;
    assert_eq!(tried(&leased), [(ids[0], 1), (ids[1], 1), (ids[3], 1), (ids[4], 1)]);
    let mut unit = write(&subject.store).await?;
    assert!(unit.outbox().remove(ids[2], lease(1, noon()).id).await?, "its lease still has it");
    Ok(())
}

pub async fn a_message_whose_lease_has_run_out_is_retried(subject: &Subject) -> Outcome {
    let ids = fill(subject).await?;
    let now = noon() + MINUTE;
    assert_eq!(retry(subject, Some(ids[2]), now).await?, 1);
    let mut unit = write(&subject.store).await?;
    assert!(!unit.outbox().remove(ids[2], lease(1, noon()).id).await?, "its lease has it no more");
    Ok(())
}

pub async fn only_what_is_put_off_for_good_is_dropped(subject: &Subject) -> Outcome {
    let ids = fill(subject).await?;
    for id in &ids[1..] {
        assert_eq!(drop_parked(subject, Some(*id)).await?, 0);
    }
    assert_eq!(drop_parked(subject, Some(ids[0])).await?, 1);
    assert_eq!(drop_parked(subject, None).await?, 0);
    assert_eq!(list(subject, 9).await?.iter().map(|queued| queued.id).collect::<Vec<_>>(), ids[1..]);
    Ok(())
}

pub async fn everything_that_is_put_off_for_good_is_dropped_at_once(subject: &Subject) -> Outcome {
    let ids = fill(subject).await?;
    put_off(subject, ids[2], lease(1, noon()), None).await?;
    assert_eq!(drop_parked(subject, None).await?, 2);
    assert_eq!(depth(subject).await?.waiting, 3);
    Ok(())
}

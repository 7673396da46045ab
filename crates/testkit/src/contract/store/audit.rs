//! The audit log.

use std::time::Duration;

use doorward_application::ports::{AuditFilter, StoreError};
use doorward_domain::{
    AuditEventId, Digest, UserId,
    audit::{AuditEvent, AuditKind},
    session::Device,
};

use super::{Outcome, Subject, add_user, delete_user, read, write};
use crate::builders::{audit_event, noon, user};

/// Records entries.
async fn record<'a>(subject: &Subject, events: impl IntoIterator<Item = &'a AuditEvent>) -> Outcome {
    let mut unit = write(&subject.store).await?;
    for event in events {
        unit.audit().record(event).await?;
    }
    Ok(unit.commit().await?)
}

async fn list(
    subject: &Subject,
    filter: AuditFilter,
    after: Option<AuditEventId>,
    limit: u32,
) -> Result<Vec<AuditEvent>, StoreError> {
    read(&subject.elsewhere).await?.audit().list(filter, after, limit).await
}

/// The whole log, the oldest entry first.
async fn all(subject: &Subject) -> Result<Vec<AuditEvent>, StoreError> {
    read(&subject.elsewhere).await?.audit().export(None, u32::MAX).await
}

/// The `n`th entry, by one about another.
fn by_about(by: Option<UserId>, about: Option<UserId>, n: u32) -> AuditEvent {
    AuditEvent { actor_id: by, user_id: about, ..audit_event(&user(1), n) }
}

/// Entries that name the first and the second user, either and neither, in every place.
fn entries() -> [AuditEvent; 7] {
    let (one, other) = (Some(user(1).id), Some(user(2).id));
    [
        by_about(one, one, 1),
        by_about(one, other, 2),
        by_about(other, one, 3),
        by_about(other, other, 4),
        by_about(None, one, 5),
        by_about(one, None, 6),
        by_about(None, None, 7),
    ]
}

pub async fn an_entry_of_any_kind_is_read_as_written(subject: &Subject) -> Outcome {
    let mut written = Vec::new();
    for (n, kind) in (1..).zip(AuditKind::ALL) {
        let identifier = Some(Digest::of(b"an address"));
        let detail = Some("wrong_password".to_owned());
        written.push(AuditEvent { kind, identifier, detail, ..audit_event(&user(1), 2 * n) });
        let device = Device::default();
        written.push(AuditEvent { kind, session_id: None, device, ..by_about(None, None, 2 * n + 1) });
    }
    record(subject, &written).await?;
    assert_eq!(all(subject).await?, written);
    Ok(())
}

pub async fn an_entry_is_there_exactly_when_its_unit_was_committed(subject: &Subject) -> Outcome {
    let mut unit = write(&subject.store).await?;
    unit.audit().record(&audit_event(&user(1), 1)).await?;
    assert_eq!(all(subject).await?, []);
    drop(unit);
    assert_eq!(all(subject).await?, []);
    record(subject, &[audit_event(&user(1), 1)]).await?;
    assert_eq!(all(subject).await?, [audit_event(&user(1), 1)]);
    Ok(())
}

pub async fn an_entry_is_never_written_over(subject: &Subject) -> Outcome {
    let first = audit_event(&user(1), 1);
    record(subject, [&first]).await?;
    assert!(record(subject, [&AuditEvent { kind: AuditKind::SignedOut, ..first.clone() }]).await.is_err());
    assert_eq!(all(subject).await?, [first]);
    Ok(())
}

pub async fn entries_are_listed_the_latest_first_a_page_at_a_time(subject: &Subject) -> Outcome {
    let event = |n| audit_event(&user(1), n);
    record(subject, &[event(2), event(4), event(1), event(3)]).await?;
    let everything = AuditFilter::default();
    assert_eq!(list(subject, everything, None, 3).await?, [event(4), event(3), event(2)]);
    assert_eq!(list(subject, everything, Some(event(2).id), 3).await?, [event(1)]);
    assert_eq!(list(subject, everything, Some(event(1).id), 3).await?, []);
    Ok(())
}

pub async fn entries_about_or_by_a_user_are_listed_once(subject: &Subject) -> Outcome {
    let all = entries();
    record(subject, &all).await?;
    let of_one = AuditFilter { user_id: Some(user(1).id), kind: None };
    let expected = [5, 4, 2, 1, 0].map(|at| all[at].clone());
    assert_eq!(list(subject, of_one, None, 9).await?, expected);
    for limit in 1..=5 {
        let limited = list(subject, of_one, None, limit).await?;
        assert_eq!(limited, expected[..limited.len()]);
        assert_eq!(limited.len(), usize::try_from(limit)?);
    }
    assert_eq!(list(subject, of_one, Some(expected[1].id), 2).await?, expected[2..4]);
    let of_nobody = AuditFilter { user_id: Some(user(3).id), kind: None };
    assert_eq!(list(subject, of_nobody, None, 9).await?, []);
    Ok(())
}

pub async fn entries_of_a_kind_are_listed_and_every_filter_narrows(subject: &Subject) -> Outcome {
    let failed = |event: &AuditEvent| AuditEvent { kind: AuditKind::SignInFailed, ..event.clone() };
    let all = entries();
    let all = [failed(&all[0]), all[1].clone(), failed(&all[2]), failed(&all[3]), all[4].clone(), failed(&all[6])];
    record(subject, &all).await?;
    let kind = Some(AuditKind::SignInFailed);
    let failures = list(subject, AuditFilter { user_id: None, kind }, None, 9).await?;
    assert_eq!(failures, [5, 3, 2, 0].map(|at| all[at].clone()));
    let next = list(subject, AuditFilter { user_id: None, kind }, Some(all[5].id), 2).await?;
    assert_eq!(next, [3, 2].map(|at| all[at].clone()));
    let of_one = AuditFilter { user_id: Some(user(1).id), kind };
    assert_eq!(list(subject, of_one, None, 9).await?, [2, 0].map(|at| all[at].clone()));
    assert_eq!(list(subject, of_one, Some(all[2].id), 9).await?, [all[0].clone()]);
    Ok(())
}

pub async fn all_entries_are_exported_the_oldest_first_a_page_at_a_time(subject: &Subject) -> Outcome {
    let event = |n| audit_event(&user(n), n);
    record(subject, &[event(3), event(1), event(2)]).await?;
    let mut unit = read(&subject.elsewhere).await?;
    assert_eq!(unit.audit().export(None, 2).await?, [event(1), event(2)]);
    assert_eq!(unit.audit().export(Some(event(2).id), 2).await?, [event(3)]);
    assert_eq!(unit.audit().export(Some(event(3).id), 2).await?, []);
    Ok(())
}

pub async fn the_devices_of_entries_about_or_by_a_user_are_forgotten_and_nothing_else(subject: &Subject) -> Outcome {
    let mut expected = entries();
    record(subject, &expected).await?;
    let mut unit = write(&subject.store).await?;
    unit.audit().forget_devices(user(1).id).await?;
    unit.commit().await?;
    for at in [0, 1, 2, 4, 5] {
        expected[at].device = Device::default();
    }
    assert_eq!(all(subject).await?, expected);
    Ok(())
}

pub async fn an_entry_outlives_the_users_whom_it_names(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    record(subject, &entries()).await?;
    delete_user(&subject.store, user(1).id).await?;
    assert_eq!(all(subject).await?, entries());
    Ok(())
}

pub async fn old_entries_are_purged_so_many_at_a_time(subject: &Subject) -> Outcome {
    let at = |n, at| AuditEvent { at, ..audit_event(&user(1), n) };
    let old = noon() - Duration::from_micros(1);
    record(subject, &[at(1, old), at(2, old), at(3, noon()), at(4, old)]).await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.audit().purge(noon(), 2).await?, 2);
    assert_eq!(unit.audit().purge(noon(), 2).await?, 1);
    assert_eq!(unit.audit().purge(noon(), 2).await?, 0);
    unit.commit().await?;
    assert_eq!(all(subject).await?, [at(3, noon())]);
    Ok(())
}

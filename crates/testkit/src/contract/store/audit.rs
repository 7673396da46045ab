//! The audit log.

use std::time::Duration;

use doorward_application::ports::{AuditFilter, StoreError};
use doorward_domain::{
    AuditEventId, Digest, Timestamp, UserId,
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

/// What is tallied of these moments.
async fn tally(subject: &Subject, kinds: &[AuditKind], moments: &[Timestamp]) -> Result<Vec<u64>, StoreError> {
    read(&subject.elsewhere).await?.audit().tally(kinds, moments).await
}

/// The `n`th entry, of this kind and moment.
fn of_kind_at(kind: AuditKind, at: Timestamp, n: u32) -> AuditEvent {
    AuditEvent { kind, at, ..audit_event(&user(1), n) }
}

pub async fn a_tally_counts_the_entries_of_its_kinds_in_each_interval(subject: &Subject) -> Outcome {
    let minute = |n| noon() + Duration::from_mins(n);
    let [signed_in, failed, signed_up] = [AuditKind::SignedIn, AuditKind::SignInFailed, AuditKind::SignedUp];
    let written = [
        (signed_in, 5),
        (signed_in, 15),
        (signed_in, 16),
        (failed, 17),
        (signed_up, 18),
        (signed_up, 35),
        (failed, 36),
        (signed_in, 37),
        (signed_in, 45),
    ];
    let written = (1..).zip(written).map(|(n, (kind, at))| of_kind_at(kind, minute(at), n));
    record(subject, &written.collect::<Vec<_>>()).await?;
    let moments = [10, 20, 30, 40].map(minute);
    assert_eq!(tally(subject, &[signed_in], &moments).await?, [2, 0, 1]);
    assert_eq!(tally(subject, &[failed, signed_up], &moments).await?, [2, 0, 2]);
    assert_eq!(tally(subject, &AuditKind::ALL, &moments).await?, [4, 0, 3]);
    assert_eq!(tally(subject, &[AuditKind::SignedOut], &moments).await?, [0, 0, 0]);
    // Intervals need not be of one length, and there may be many.
    assert_eq!(tally(subject, &[signed_in], &[0, 16, 50].map(minute)).await?, [3, 2]);
    let every_minute = tally(subject, &AuditKind::ALL, &(0..100).map(minute).collect::<Vec<_>>()).await?;
    let counted = (1..).zip(&every_minute).filter(|(_, n)| **n == 1).map(|(at, _)| at);
    assert_eq!(counted.collect::<Vec<_>>(), [5, 15, 16, 17, 18, 35, 36, 37, 45]);
    assert_eq!((every_minute.len(), every_minute.iter().sum::<u64>()), (99, 9));
    Ok(())
}

pub async fn a_tally_goes_by_the_microsecond_and_not_by_the_id(subject: &Subject) -> Outcome {
    const MICROSECOND: Duration = Duration::from_micros(1);
    let kind = AuditKind::SignedIn;
    // Moments that are written with no fraction of a second, with one of three digits and with one of six.
    for (n, fraction) in (0..).zip([0, 120_000, 123_456]) {
        let from = noon() - Duration::from_micros(123_456 - fraction) + Duration::from_hours(u64::from(n));
        let to = from + Duration::from_mins(1);
        let edges = [from - MICROSECOND, from, from + MICROSECOND, to - MICROSECOND, to, to + MICROSECOND];
        // Every id says noon, and the latest entry has the first of them.
        let written: Vec<_> = (1..).zip(edges).map(|(at, edge)| of_kind_at(kind, edge, 10 * n + 9 - at)).collect();
        record(subject, &written).await?;
        let moments = [from - MICROSECOND - MICROSECOND, from, to, to + MICROSECOND];
        assert_eq!(tally(subject, &[kind], &moments).await?, [2, 3, 1], "{from}");
    }
    Ok(())
}

pub async fn a_tally_of_no_kinds_or_of_no_interval_counts_nothing(subject: &Subject) -> Outcome {
    record(subject, &[audit_event(&user(1), 1)]).await?;
    let [before, after] = [noon() - Duration::from_secs(1), noon() + Duration::from_secs(1)];
    assert_eq!(tally(subject, &[], &[before, after]).await?, [0]);
    assert_eq!(tally(subject, &[AuditKind::SignedIn], &[before, before, after, after]).await?, [0, 1, 0]);
    assert_eq!(tally(subject, &[AuditKind::SignedIn], &[before]).await?, [0; 0]);
    assert_eq!(tally(subject, &[AuditKind::SignedIn], &[]).await?, [0; 0]);
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

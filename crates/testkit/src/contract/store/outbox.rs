//! The outbox: messages are written, leased, sent or put off.

use std::{fmt::Debug, net::Ipv6Addr, time::Duration};

use doorward_application::ports::{Facts, Lease, LeasedMessage, Message, MessageKind, StoreError};
use doorward_domain::{
    MessageId, Role, Secret, Timestamp,
    token::OneTimeSecret,
    user::{EmailAddress, Locale},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Outcome, Subject, add_user, delete_user, read, write};
use crate::builders::{message, noon, user};

pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// The `n`th lease, for a minute from this moment.
pub(super) fn lease(n: u128, now: Timestamp) -> Lease {
    Lease { id: Uuid::from_u128(n), until: now + MINUTE }
}

/// Adds a user, and messages to the user that are due at noon, a microsecond after each other.
pub(super) async fn push(
    subject: &Subject,
    messages: u32,
) -> Result<Vec<MessageId>, Box<dyn std::error::Error + Send + Sync>> {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let mut ids = Vec::new();
    let mut unit = write(&subject.store).await?;
    for n in 0..messages {
        let message = Message { created_at: noon() + Duration::from_micros(n.into()), ..message(&user, n) };
        unit.outbox().push(&message).await?;
        ids.push(message.id);
    }
    unit.commit().await?;
    Ok(ids)
}

/// Leases and commits.
pub(super) async fn take(
    subject: &Subject,
    lease: Lease,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<LeasedMessage>, StoreError> {
    let mut unit = write(&subject.elsewhere).await?;
    let leased = unit.outbox().lease(lease, now, limit).await?;
    unit.commit().await?;
    Ok(leased)
}

/// The names of the messages, and how often each was tried.
pub(super) fn tried(leased: &[LeasedMessage]) -> Vec<(MessageId, u32)> {
    leased.iter().map(|leased| (leased.message.id, leased.attempts)).collect()
}

/// Puts off and commits.
pub(super) async fn put_off(subject: &Subject, id: MessageId, lease: Lease, until: Option<Timestamp>) -> Outcome {
    let mut unit = write(&subject.store).await?;
    unit.outbox().put_off(id, lease.id, until, "no route to the mail server").await?;
    Ok(unit.commit().await?)
}

async fn is_due(subject: &Subject, now: Timestamp) -> Result<bool, StoreError> {
    read(&subject.elsewhere).await?.outbox().is_due(now).await
}

/// All of a message, to compare it.
fn all_of(message: &Message) -> impl PartialEq + Debug + use<> {
    let Message { id, user_id, to, name, locale, kind, token, facts, created_at } = message;
    let token = token.as_ref().map(OneTimeSecret::digest);
    (*id, *user_id, to.clone(), name.clone(), locale.clone(), *kind, token, facts.clone(), *created_at)
}

pub async fn a_message_of_any_kind_is_read_as_written(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let full = |n| Message {
        name: Some("Jürgen \"Ж\" \u{1f600}\\".to_owned()),
        locale: Locale::parse("pt-BR").unwrap_or_default(),
        facts: Facts {
            expires_at: Some(noon()),
            device: Some("Firefox on Linux".to_owned()),
            ip_address: Some(Ipv6Addr::LOCALHOST.into()),
            new_email: EmailAddress::parse("New@BÜCHER.example").ok(),
            role: Some(Role::Employer),
            company: Some("Tech \"&\" Corp".to_owned()),
        },
        ..message(&user, n)
    };
    let empty = |n| Message { user_id: None, name: None, token: None, facts: Facts::default(), ..message(&user, n) };
    let mut written = Vec::new();
    let mut unit = write(&subject.store).await?;
    for (n, kind) in (1..).zip(MessageKind::ALL) {
        for message in [Message { kind, ..full(2 * n) }, Message { kind, ..empty(2 * n + 1) }] {
            unit.outbox().push(&message).await?;
            written.push(all_of(&message));
        }
    }
    unit.commit().await?;
    let leased = take(subject, lease(1, noon()), noon(), u32::MAX).await?;
    assert_eq!(leased.iter().map(|leased| all_of(&leased.message)).collect::<Vec<_>>(), written);
    Ok(())
}

pub async fn nothing_of_a_message_can_be_read_at_rest(subject: &Subject) -> Outcome {
    let user = user(1);
    let message = Message {
        to: EmailAddress::parse("readable.address@example.com")?,
        name: Some("Readable Name".to_owned()),
        token: Some(OneTimeSecret::new(Secret::new(*b"a token that everybody could see"))),
        facts: Facts {
            device: Some("readable device".to_owned()),
            ip_address: Some(Ipv6Addr::LOCALHOST.into()),
            new_email: Some(EmailAddress::parse("readable.too@example.com")?),
            company: Some("readable company".to_owned()),
            ..Facts::default()
        },
        ..message(&user, 1)
    };
    add_user(&subject.store, &user).await?;
    let mut unit = write(&subject.store).await?;
    unit.outbox().push(&message).await?;
    unit.commit().await?;
    let rows = (subject.at_rest)("outbox").await;
    assert_eq!(rows.len(), 1);
    for bytes in rows {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        // The third is the token as a link spells it.
        for readable in ["readable", "a token that", "ysb0b2tlbib0agf0", "example.com", "::1"] {
            assert!(!text.contains(readable), "{readable}");
        }
    }
    Ok(())
}

pub async fn a_message_is_there_exactly_when_its_unit_was_committed(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let mut unit = write(&subject.store).await?;
    unit.outbox().push(&message(&user, 1)).await?;
    drop(unit);
    assert!(!is_due(subject, noon()).await?);
    let mut unit = write(&subject.store).await?;
    unit.outbox().push(&message(&user, 2)).await?;
    assert!(!is_due(subject, noon()).await?);
    unit.commit().await?;
    assert!(is_due(subject, noon()).await?);
    assert_eq!(tried(&take(subject, lease(1, noon()), noon(), 9).await?), [(message(&user, 2).id, 1)]);
    Ok(())
}

pub async fn a_message_is_due_at_once_and_not_before(subject: &Subject) -> Outcome {
    assert!(!is_due(subject, noon()).await?);
    push(subject, 1).await?;
    let before = noon() - Duration::from_micros(1);
    assert!(!is_due(subject, before).await?);
    assert!(take(subject, lease(1, before), before, 1).await?.is_empty());
    assert!(is_due(subject, noon()).await?);
    assert_eq!(take(subject, lease(1, noon()), noon(), 1).await?.len(), 1);
    Ok(())
}

pub async fn the_message_that_has_waited_longest_is_leased_first(subject: &Subject) -> Outcome {
    let ids = push(subject, 4).await?;
    let later = noon() + MINUTE;
    // The first was tried already, and waits for less long than the others.
    take(subject, lease(1, noon()), noon(), 1).await?;
    put_off(subject, ids[0], lease(1, noon()), Some(noon() + Duration::from_secs(1))).await?;
    let first = take(subject, lease(2, later), later, 3).await?;
    assert_eq!(tried(&first), [(ids[1], 1), (ids[2], 1), (ids[3], 1)], "no more than wanted");
    assert_eq!(tried(&take(subject, lease(3, later), later, 3).await?), [(ids[0], 2)]);
    Ok(())
}

pub async fn a_leased_message_is_nobody_elses_until_the_lease_ends(subject: &Subject) -> Outcome {
    let ids = push(subject, 1).await?;
    let first = lease(1, noon());
    assert_eq!(tried(&take(subject, first, noon(), 9).await?), [(ids[0], 1)]);
    let last = first.until - Duration::from_micros(1);
    assert!(!is_due(subject, last).await?);
    assert!(take(subject, lease(2, last), last, 9).await?.is_empty());
    assert!(is_due(subject, first.until).await?);
    assert_eq!(tried(&take(subject, lease(3, first.until), first.until, 9).await?), [(ids[0], 2)]);
    Ok(())
}

pub async fn a_dropped_lease_takes_nothing(subject: &Subject) -> Outcome {
    let ids = push(subject, 1).await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.outbox().lease(lease(1, noon()), noon(), 9).await?.len(), 1);
    drop(unit);
    // The store may still be undoing it, and who leases waits for nobody.
    let leased = timeout(Duration::from_secs(10), async {
        loop {
            let leased = take(subject, lease(2, noon()), noon(), 9).await?;
            if !leased.is_empty() {
                break Ok::<_, StoreError>(leased);
            }
        }
    });
    assert_eq!(tried(&leased.await??), [(ids[0], 1)]);
    Ok(())
}

pub async fn a_message_is_removed_by_the_lease_that_has_it_and_by_no_other(subject: &Subject) -> Outcome {
    let ids = push(subject, 2).await?;
    let lost = lease(1, noon());
    take(subject, lost, noon(), 1).await?;
    let has = lease(2, lost.until);
    take(subject, has, lost.until, 9).await?;
    let mut unit = write(&subject.store).await?;
    assert!(!unit.outbox().remove(ids[0], lost.id).await?);
    assert!(unit.outbox().remove(ids[0], has.id).await?);
    assert!(!unit.outbox().remove(ids[0], has.id).await?);
    unit.commit().await?;
    assert_eq!(tried(&take(subject, lease(3, has.until), has.until, 9).await?), [(ids[1], 2)]);
    Ok(())
}

pub async fn a_message_that_was_put_off_is_due_at_that_moment(subject: &Subject) -> Outcome {
    let ids = push(subject, 1).await?;
    let first = lease(1, noon());
    take(subject, first, noon(), 1).await?;
    let again = noon() + Duration::from_secs(1);
    put_off(subject, ids[0], first, Some(again)).await?;
    assert!(!write(&subject.store).await?.outbox().remove(ids[0], first.id).await?, "the lease has it no more");
    assert!(!is_due(subject, again - Duration::from_micros(1)).await?);
    assert_eq!(tried(&take(subject, lease(2, again), again, 1).await?), [(ids[0], 2)]);
    Ok(())
}

pub async fn a_message_that_was_put_off_for_good_is_never_due(subject: &Subject) -> Outcome {
    let ids = push(subject, 1).await?;
    take(subject, lease(1, noon()), noon(), 1).await?;
    put_off(subject, ids[0], lease(1, noon()), None).await?;
    let far = noon() + Duration::from_hours(1_000_000);
    assert!(!is_due(subject, far).await?);
    assert!(take(subject, lease(2, far), far, 9).await?.is_empty());
    Ok(())
}

pub async fn a_lease_that_lost_a_message_does_not_put_it_off(subject: &Subject) -> Outcome {
    let ids = push(subject, 1).await?;
    let lost = lease(1, noon());
    take(subject, lost, noon(), 1).await?;
    let has = lease(2, lost.until);
    take(subject, has, lost.until, 1).await?;
    put_off(subject, ids[0], lost, None).await?;
    assert!(write(&subject.store).await?.outbox().remove(ids[0], has.id).await?);
    Ok(())
}

pub async fn a_message_of_a_user_goes_with_the_user(subject: &Subject) -> Outcome {
    push(subject, 2).await?;
    let nobodys = Message { user_id: None, ..message(&user(1), 9) };
    let mut unit = write(&subject.store).await?;
    unit.outbox().push(&nobodys).await?;
    unit.commit().await?;
    delete_user(&subject.store, user(1).id).await?;
    assert_eq!(tried(&take(subject, lease(1, noon()), noon() + MINUTE, 9).await?), [(nobodys.id, 1)]);
    Ok(())
}

pub async fn a_message_is_not_there_without_its_user(subject: &Subject) -> Outcome {
    let mut unit = write(&subject.store).await?;
    assert!(unit.outbox().push(&message(&user(1), 1)).await.is_err());
    drop(unit);
    assert!(!is_due(subject, noon()).await?);
    Ok(())
}

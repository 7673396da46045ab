//! Invitations.

use std::time::Duration;

use doorward_application::ports::StoreError;
use doorward_domain::{
    Digest, Role, Timestamp,
    invitation::{Invitation, InvitationEnd},
    user::EmailAddress,
};

use super::{Outcome, Subject, add_user, delete_user, read, write};
use crate::builders::{invitation, noon, user};

const MICROSECOND: Duration = Duration::from_micros(1);

/// Adds invitations.
async fn add<'a>(subject: &Subject, invitations: impl IntoIterator<Item = &'a Invitation>) -> Outcome {
    let mut unit = write(&subject.store).await?;
    for invitation in invitations {
        unit.invitations().insert(invitation).await?;
    }
    Ok(unit.commit().await?)
}

async fn find(subject: &Subject, digest: &Digest) -> Result<Option<Invitation>, StoreError> {
    read(&subject.elsewhere).await?.invitations().find(digest).await
}

/// All invitations, the latest first.
async fn all(subject: &Subject) -> Result<Vec<Invitation>, StoreError> {
    read(&subject.elsewhere).await?.invitations().list(None, u32::MAX).await
}

/// Accepts as the first user, and commits.
async fn accept(subject: &Subject, invitation: &Invitation, now: Timestamp) -> Result<bool, StoreError> {
    let mut unit = write(&subject.store).await?;
    let accepted = unit.invitations().accept(invitation.id, user(1).id, now).await?;
    unit.commit().await?;
    Ok(accepted)
}

/// Withdraws and commits.
async fn withdraw(subject: &Subject, invitation: &Invitation, now: Timestamp) -> Result<bool, StoreError> {
    let mut unit = write(&subject.store).await?;
    let withdrawn = unit.invitations().withdraw(invitation.id, now).await?;
    unit.commit().await?;
    Ok(withdrawn)
}

fn accepted(n: u32, at: Timestamp) -> Invitation {
    Invitation { closed: Some(InvitationEnd::Accepted { at, by: user(1).id }), ..invitation(n) }
}

fn withdrawn(n: u32, at: Timestamp) -> Invitation {
    Invitation { closed: Some(InvitationEnd::Withdrawn { at }), ..invitation(n) }
}

pub async fn an_invitation_is_read_as_written(subject: &Subject) -> Outcome {
    let email = EmailAddress::parse("Jane.Doe@BÜCHER.example")?;
    let bare = Invitation { email, role: Role::Admin, company: None, ..invitation(1) };
    let written = [bare, invitation(2), accepted(3, noon()), withdrawn(4, noon())];
    add(subject, &written).await?;
    for invitation in &written {
        assert_eq!(find(subject, &invitation.digest).await?.as_ref(), Some(invitation));
    }
    assert_eq!(find(subject, &Digest::of(b"another")).await?, None);
    assert!(all(subject).await?.iter().rev().eq(&written));
    Ok(())
}

pub async fn two_invitations_never_have_one_token(subject: &Subject) -> Outcome {
    add(subject, &[invitation(1)]).await?;
    assert!(add(subject, &[Invitation { digest: invitation(1).digest, ..invitation(2) }]).await.is_err());
    assert_eq!(all(subject).await?, [invitation(1)]);
    Ok(())
}

pub async fn an_invitation_is_accepted_once(subject: &Subject) -> Outcome {
    add(subject, &[invitation(1), invitation(2)]).await?;
    assert!(accept(subject, &invitation(1), noon()).await?);
    let later = noon() + MICROSECOND;
    assert!(!accept(subject, &invitation(1), later).await?);
    assert!(!withdraw(subject, &invitation(1), later).await?);
    assert!(!accept(subject, &invitation(9), noon()).await?);
    assert_eq!(all(subject).await?, [invitation(2), accepted(1, noon())]);
    Ok(())
}

pub async fn an_invitation_is_withdrawn_once(subject: &Subject) -> Outcome {
    add(subject, &[invitation(1), invitation(2)]).await?;
    assert!(withdraw(subject, &invitation(1), noon()).await?);
    let later = noon() + MICROSECOND;
    assert!(!withdraw(subject, &invitation(1), later).await?);
    assert!(!accept(subject, &invitation(1), later).await?);
    assert!(!withdraw(subject, &invitation(9), noon()).await?);
    assert_eq!(all(subject).await?, [invitation(2), withdrawn(1, noon())]);
    Ok(())
}

pub async fn an_invitation_is_open_until_the_very_microsecond_of_its_end(subject: &Subject) -> Outcome {
    add(subject, &[invitation(1), invitation(2)]).await?;
    let end = invitation(1).expires_at;
    assert!(!accept(subject, &invitation(1), end).await?);
    assert!(!withdraw(subject, &invitation(2), end).await?);
    let last = end - MICROSECOND;
    assert!(accept(subject, &invitation(1), last).await?);
    assert!(withdraw(subject, &invitation(2), last).await?);
    Ok(())
}

pub async fn a_dropped_acceptance_leaves_the_invitation_open(subject: &Subject) -> Outcome {
    add(subject, &[invitation(1)]).await?;
    let mut unit = write(&subject.store).await?;
    assert!(unit.invitations().accept(invitation(1).id, user(1).id, noon()).await?);
    drop(unit);
    assert_eq!(all(subject).await?, [invitation(1)]);
    Ok(())
}

pub async fn every_open_invitation_of_an_address_is_withdrawn_and_no_other(subject: &Subject) -> Outcome {
    let to_jane = |invitation| Invitation { email: address("Jane@Example.com"), ..invitation };
    let spelled = Invitation { email: address("jANE@eXAMPLE.COM"), ..invitation(2) };
    let over = Invitation { expires_at: noon(), ..to_jane(invitation(3)) };
    let closed = [to_jane(accepted(4, noon())), to_jane(withdrawn(5, noon()))];
    add(subject, [&to_jane(invitation(1)), &spelled, &over, &closed[0], &closed[1], &invitation(6)]).await?;
    let later = noon() + MICROSECOND;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.invitations().withdraw_all(&address("jane@example.com"), later).await?, 2);
    assert_eq!(unit.invitations().withdraw_all(&address("jane@example.com"), later).await?, 0);
    unit.commit().await?;
    let [accepted, withdrawn_before] = closed;
    let spelled = Invitation { email: spelled.email, ..withdrawn(2, later) };
    let expected = [invitation(6), withdrawn_before, accepted, over, spelled, to_jane(withdrawn(1, later))];
    assert_eq!(all(subject).await?, expected);
    Ok(())
}

pub async fn invitations_are_listed_the_latest_first_a_page_at_a_time(subject: &Subject) -> Outcome {
    add(subject, &[invitation(2), invitation(1), accepted(4, noon()), invitation(3)]).await?;
    let mut unit = read(&subject.elsewhere).await?;
    let first = unit.invitations().list(None, 3).await?;
    assert_eq!(first, [accepted(4, noon()), invitation(3), invitation(2)]);
    assert_eq!(unit.invitations().list(Some(invitation(2).id), 3).await?, [invitation(1)]);
    assert_eq!(unit.invitations().list(Some(invitation(1).id), 3).await?, []);
    Ok(())
}

pub async fn the_invitations_of_an_address_are_listed_and_forgotten_in_every_spelling(subject: &Subject) -> Outcome {
    let email = address("iNVITED1@eXAMPLE.COM");
    let again = Invitation { email: email.clone(), ..withdrawn(3, noon()) };
    add(subject, &[invitation(1), invitation(2), again.clone()]).await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.invitations().list_of(&email).await?, [again, invitation(1)]);
    unit.invitations().delete_of(&email).await?;
    assert_eq!(unit.invitations().list_of(&email).await?, []);
    unit.commit().await?;
    assert_eq!(all(subject).await?, [invitation(2)]);
    Ok(())
}

pub async fn expired_invitations_are_purged_so_many_at_a_time(subject: &Subject) -> Outcome {
    let expired = |n| Invitation { expires_at: noon() - MICROSECOND, ..invitation(n) };
    let last = Invitation { expires_at: noon(), ..invitation(4) };
    add(subject, &[expired(1), expired(2), expired(3), last.clone(), invitation(5)]).await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.invitations().purge(noon(), 2).await?, 2);
    assert_eq!(unit.invitations().purge(noon(), 2).await?, 1);
    assert_eq!(unit.invitations().purge(noon(), 2).await?, 0);
    unit.commit().await?;
    assert_eq!(all(subject).await?, [invitation(5), last]);
    Ok(())
}

pub async fn an_invitation_outlives_whoever_made_and_whoever_accepted_it(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    add(subject, &[invitation(1)]).await?;
    assert!(accept(subject, &invitation(1), noon()).await?);
    delete_user(&subject.store, user(1).id).await?;
    assert_eq!(all(subject).await?, [accepted(1, noon())]);
    Ok(())
}

fn address(address: &str) -> EmailAddress {
    EmailAddress::parse(address).expect("an address")
}

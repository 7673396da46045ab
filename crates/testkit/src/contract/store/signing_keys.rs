//! Signing keys.

use std::time::Duration;

use doorward_application::ports::{StoreError, StoredSigningKey};
use doorward_domain::{
    Timestamp,
    key::{KeyMoments, KeyRules, Ring, SigningKey, Step},
    revocation::Revocation,
};

use super::{Outcome, Subject, race, read, write};
use crate::builders::noon;

const MICROSECOND: Duration = Duration::from_micros(1);
const RULES: KeyRules = KeyRules {
    algorithm: "ES256",
    cache_life: Duration::from_mins(5),
    skew: Duration::from_secs(30),
    rotate_after: None,
    token_life: Duration::from_mins(10),
};

/// A key that was published at noon and signs from a moment on.
fn key(id: &str, signs_from: Timestamp) -> StoredSigningKey {
    let moments = KeyMoments { published_at: noon(), signs_from, revoked_at: None, retired_at: None };
    stored(id, moments, Some(vec![1; 40]))
}

fn stored(id: &str, moments: KeyMoments, sealed: Option<Vec<u8>>) -> StoredSigningKey {
    let key = SigningKey::stored(id.to_owned(), "ES256".to_owned(), moments).expect("it is published first");
    StoredSigningKey { key, sealed }
}

/// The key after a change.
fn changed(before: &StoredSigningKey, change: impl FnOnce(&mut KeyMoments)) -> StoredSigningKey {
    let mut moments = before.key.moments();
    change(&mut moments);
    let gone = moments.revoked_at.is_some() || moments.retired_at.is_some();
    stored(before.key.id(), moments, before.sealed.clone().filter(|_| !gone))
}

/// Adds keys.
async fn add<'a>(subject: &Subject, keys: impl IntoIterator<Item = &'a StoredSigningKey>) -> Outcome {
    let mut unit = write(&subject.store).await?;
    for key in keys {
        unit.signing_keys().insert(key).await?;
    }
    Ok(unit.commit().await?)
}

/// Every key, as another process reads it.
async fn all(subject: &Subject) -> Result<Vec<StoredSigningKey>, StoreError> {
    read(&subject.elsewhere).await?.signing_keys().list().await
}

/// What is due in a ring of these keys at a moment.
fn due(keys: &[&StoredSigningKey], now: Timestamp) -> Option<Step> {
    Ring::new(keys.iter().map(|stored| stored.key.clone()).collect()).due(&RULES, now)
}

pub async fn a_signing_key_is_read_as_written(subject: &Subject) -> Outcome {
    let later = |micros| noon() + Duration::from_micros(micros);
    let revoked =
        KeyMoments { published_at: noon(), signs_from: later(2), revoked_at: Some(later(3)), retired_at: None };
    let retired = KeyMoments { signs_from: later(3), revoked_at: None, retired_at: Some(later(5)), ..revoked };
    let written = [key("a-b_C", later(1)), stored("revoked", revoked, None), stored("retired", retired, None)];
    add(subject, &written).await?;
    assert_eq!(all(subject).await?, written);
    Ok(())
}

pub async fn signing_keys_are_listed_by_when_they_sign(subject: &Subject) -> Outcome {
    let [first, second, third] = [key("c", noon()), key("a", noon() + MICROSECOND), key("b", noon() + MICROSECOND)];
    add(subject, [&third, &first, &second]).await?;
    let expected = [first, second, third];
    assert_eq!(all(subject).await?, expected);
    assert_eq!(write(&subject.store).await?.signing_keys().lock().await?, expected);
    Ok(())
}

pub async fn two_signing_keys_never_have_one_id(subject: &Subject) -> Outcome {
    add(subject, &[key("a", noon())]).await?;
    assert!(add(subject, &[key("a", noon() + MICROSECOND)]).await.is_err());
    assert_eq!(all(subject).await?, [key("a", noon())]);
    Ok(())
}

pub async fn a_promoted_key_signs_earlier_and_is_otherwise_as_it_was(subject: &Subject) -> Outcome {
    let next = key("next", noon() + Duration::from_mins(5));
    add(subject, [&next]).await?;
    let now = noon() + Duration::from_mins(1);
    let Some(Step::Promote(promotion)) = due(&[&next], now) else { return Err("the only key signs too late".into()) };
    let mut unit = write(&subject.store).await?;
    assert!(unit.signing_keys().promote(&promotion).await?);
    unit.commit().await?;
    assert_eq!(all(subject).await?, [changed(&next, |moments| moments.signs_from = now)]);

    add(subject, [&changed(&key("gone", noon()), |moments| moments.revoked_at = Some(now))]).await?;
    let gone = key("gone", noon() + Duration::from_mins(5));
    let Some(Step::Promote(promotion)) = due(&[&gone], now) else { return Err("the only key signs too late".into()) };
    assert!(!write(&subject.store).await?.signing_keys().promote(&promotion).await?);
    Ok(())
}

pub async fn a_key_is_revoked_or_retired_once_and_then_made_of_nothing(subject: &Subject) -> Outcome {
    let [first, second] = [key("first", noon()), key("second", noon() + MICROSECOND)];
    add(subject, [&first, &second]).await?;
    let now = noon() + Duration::from_hours(1);
    let Some(Step::Retire(retirement)) = due(&[&first, &second], now) else { return Err("nothing is over".into()) };
    let ring = Ring::new(vec![first.key.clone(), second.key.clone()]);
    let revocation = ring.revoke("second", now).ok_or("the key holds")?;
    let mut unit = write(&subject.store).await?;
    assert!(unit.signing_keys().retire(&retirement).await?);
    assert!(unit.signing_keys().revoke(&revocation).await?);
    unit.commit().await?;
    let gone = [
        changed(&first, |moments| moments.retired_at = Some(now)),
        changed(&second, |moments| moments.revoked_at = Some(now)),
    ];
    assert_eq!(all(subject).await?, gone);

    let again = ring.revoke("first", now + MICROSECOND).ok_or("the key held")?;
    let mut unit = write(&subject.store).await?;
    assert!(!unit.signing_keys().retire(&retirement).await?);
    assert!(!unit.signing_keys().revoke(&revocation).await?);
    assert!(!unit.signing_keys().revoke(&again).await?, "what is retired is not revoked");
    let nobody = Ring::new(vec![key("nobody", noon()).key]).revoke("nobody", now).ok_or("the key holds")?;
    assert!(!unit.signing_keys().revoke(&nobody).await?);
    assert_eq!(unit.revoked(), []);
    unit.commit().await?;
    assert_eq!(all(subject).await?, gone);
    Ok(())
}

pub async fn every_change_of_the_ring_is_among_what_its_unit_has_revoked(subject: &Subject) -> Outcome {
    let [first, second] = [key("first", noon()), key("second", noon() + Duration::from_mins(5))];
    let mut unit = write(&subject.store).await?;
    unit.signing_keys().insert(&first).await?;
    assert_eq!(unit.revoked(), [Revocation::KeysChanged]);
    unit.signing_keys().insert(&second).await?;
    unit.commit().await?;

    let now = noon() + Duration::from_mins(1);
    let mut unit = write(&subject.store).await?;
    let ring = Ring::new(vec![first.key.clone(), second.key.clone()]);
    unit.signing_keys().revoke(&ring.revoke("first", now).ok_or("the key holds")?).await?;
    let revoked = [Revocation::KeysChanged, Revocation::KeyRevoked("first".to_owned())];
    assert_eq!(unit.revoked(), revoked);
    unit.commit().await?;

    let first = changed(&first, |moments| moments.revoked_at = Some(now));
    let Some(Step::Promote(promotion)) = due(&[&first, &second], now) else { return Err("no key signs".into()) };
    let mut unit = write(&subject.store).await?;
    unit.signing_keys().promote(&promotion).await?;
    assert_eq!(unit.revoked(), [Revocation::KeysChanged]);
    drop(unit);

    let Some(Step::Retire(retirement)) =
        due(&[&second, &key("third", noon() + Duration::from_mins(9))], noon() + Duration::from_hours(1))
    else {
        return Err("nothing is over".into());
    };
    let mut unit = write(&subject.store).await?;
    unit.signing_keys().retire(&retirement).await?;
    assert_eq!(unit.revoked(), [Revocation::KeysChanged]);
    Ok(())
}

pub async fn a_dropped_change_of_the_ring_changes_nothing(subject: &Subject) -> Outcome {
    add(subject, &[key("first", noon())]).await?;
    let ring = Ring::new(vec![key("first", noon()).key]);
    let mut unit = write(&subject.store).await?;
    unit.signing_keys().revoke(&ring.revoke("first", noon()).ok_or("the key holds")?).await?;
    unit.signing_keys().insert(&key("second", noon())).await?;
    drop(unit);
    assert_eq!(all(subject).await?, [key("first", noon())]);
    Ok(())
}

pub async fn a_unit_begun_for_reading_neither_locks_nor_changes_the_ring(subject: &Subject) -> Outcome {
    let mut unit = read(&subject.store).await?;
    assert!(unit.signing_keys().lock().await.is_err());
    assert!(unit.signing_keys().insert(&key("first", noon())).await.is_err());
    unit.commit().await?;
    assert_eq!(all(subject).await?, []);
    Ok(())
}

pub async fn of_racing_units_that_find_the_ring_empty_one_makes_the_first_key(subject: &Subject) -> Outcome {
    let made = race(subject, 16, |store, n| async move {
        let mut unit = write(&store).await?;
        if !unit.signing_keys().lock().await?.is_empty() {
            return Ok(false);
        }
        unit.signing_keys().insert(&key(&n.to_string(), noon())).await?;
        unit.revocations().append(&[Revocation::KeysChanged], noon()).await?;
        unit.commit().await?;
        Ok(true)
    })
    .await?;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    assert_eq!(all(subject).await?.len(), 1);
    Ok(())
}

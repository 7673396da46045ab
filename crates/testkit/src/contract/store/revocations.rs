//! The revocation log, and what units say that they have revoked.

use std::{collections::HashSet, time::Duration};

use doorward_application::ports::{Access, StoreError};
use doorward_domain::{
    revocation::{LoggedRevocation, Position, Revocation, position_at},
    session::{EndReason, SessionEnd},
    user::{Epoch, User},
};

use super::{Outcome, Subject, add_sessions, add_user, race, read, write};
use crate::builders::{noon, profile, session, user};

fn end() -> SessionEnd {
    SessionEnd { at: noon() + Duration::from_secs(1), reason: EndReason::LoggedOut }
}

/// The whole log, as another process reads it.
async fn log(subject: &Subject) -> Result<Vec<LoggedRevocation>, StoreError> {
    read(&subject.elsewhere).await?.revocations().after(0, 10_000).await
}

pub async fn a_unit_says_which_sessions_it_has_ended(subject: &Subject) -> Outcome {
    let user = user(1);
    let sessions: Vec<_> = (1..=6).map(|n| session(&user, n)).collect();
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, &sessions).await?;
    let ended = |n: usize| Revocation::SessionEnded(sessions[n].id);
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.revoked(), []);
    unit.sessions().end(sessions[0].id, end()).await?;
    assert_eq!(unit.revoked(), [ended(0)]);
    unit.sessions().end(sessions[0].id, end()).await?;
    let before = Revocation::EndedBefore(sessions[0].id);
    assert_eq!(unit.revoked(), [ended(0), before.clone()], "it had ended");
    assert_eq!(unit.sessions().end_oldest(user.id, 3, end()).await?, 2);
    let oldest = HashSet::from([ended(0), before.clone(), ended(1), ended(2)]);
    assert_eq!(unit.revoked().iter().cloned().collect::<HashSet<_>>(), oldest);
    assert_eq!(unit.sessions().end_all(user.id, Some(sessions[4].id), end()).await?, 2);
    let all_but_one = HashSet::from([ended(0), before, ended(1), ended(2), ended(3), ended(5)]);
    assert_eq!(unit.revoked().iter().cloned().collect::<HashSet<_>>(), all_but_one);
    assert_eq!(unit.revoked().len(), 6, "each once");
    Ok(())
}

pub async fn a_unit_says_whose_state_it_has_changed(subject: &Subject) -> Outcome {
    let (renamed, demoted, seen, edited, locked) = (user(1), user(2), user(3), user(4), user(6));
    let gone = User { epoch: 3, ..user(5) };
    for user in [&renamed, &demoted, &seen, &edited, &locked, &gone] {
        add_user(&subject.store, user).await?;
    }
    let mut unit = write(&subject.store).await?;
    unit.users().update(&User { email_verified_at: Some(noon()), ..renamed.clone() }).await?;
    unit.users().update(&User { epoch: demoted.epoch + 1, ..demoted.clone() }).await?;
    unit.users().record_login(seen.id, noon()).await?;
    unit.profiles().update(edited.id, &profile(edited.role)).await?;
    unit.users().lock(locked.id).await?;
    unit.users().delete(gone.id).await?;
    let expected = [
        Revocation::UserChanged(renamed.id),
        Revocation::AccessChanged { user_id: demoted.id, epoch: demoted.epoch + 1 },
        Revocation::Reread(seen.id),
        Revocation::UserChanged(edited.id),
        Revocation::Reread(locked.id),
        Revocation::AccessChanged { user_id: gone.id, epoch: 4 },
    ];
    assert_eq!(unit.revoked(), expected);
    Ok(())
}

pub async fn whoever_is_new_has_revoked_nothing(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, None).await?;
    unit.profiles().insert(user.id, &profile(user.role)).await?;
    unit.sessions().insert(&session(&user, 1)).await?;
    assert_eq!(unit.revoked(), []);
    Ok(())
}

pub async fn the_log_is_read_as_written(subject: &Subject) -> Outcome {
    let user = user(1);
    let session = session(&user, 1);
    let all = [
        Revocation::SessionEnded(session.id),
        Revocation::AccessChanged { user_id: user.id, epoch: Epoch::MAX },
        Revocation::EndedBefore(session.id),
        Revocation::Reread(user.id),
        Revocation::UserChanged(user.id),
        Revocation::KeyRevoked("a key".to_owned()),
        Revocation::KeysChanged,
    ];
    let mut unit = write(&subject.store).await?;
    unit.revocations().append(&all, noon()).await?;
    unit.commit().await?;
    let logged = all.iter().filter(|revocation| revocation.is_logged()).cloned();
    let first = position_at(noon());
    let places = (first..).zip([0].into_iter().chain(first..));
    let entry = |((position, previous), revocation)| LoggedRevocation { position, previous, at: noon(), revocation };
    let expected: Vec<_> = places.zip(logged).map(entry).collect();
    assert_eq!(log(subject).await?, expected);
    let mut unit = read(&subject.elsewhere).await?;
    assert_eq!(unit.revocations().head().await?, first + 4);
    assert_eq!(unit.revocations().after(first, 2).await?, expected[1..3]);
    assert_eq!(unit.revocations().after(first + 4, 2).await?, []);
    Ok(())
}

pub async fn no_place_of_the_log_is_before_its_time_and_each_names_the_one_before_it(subject: &Subject) -> Outcome {
    let (second, micro) = (Duration::from_secs(1), Duration::from_micros(1));
    let two = [Revocation::KeysChanged, Revocation::KeyRevoked("a".to_owned())];
    // The clocks of two nodes are apart, and one writes twice in a microsecond.
    for at in [noon(), noon() + second, noon(), noon() + second + 4 * micro, noon() + 2 * second] {
        let mut unit = write(&subject.store).await?;
        unit.revocations().append(&two, at).await?;
        unit.commit().await?;
    }
    let log = log(subject).await?;
    let mut before = 0;
    for entry in &log {
        assert_eq!(entry.previous, before);
        assert!(entry.position > before && entry.position >= position_at(entry.at), "{entry:?}");
        before = entry.position;
    }
    let later = position_at(noon() + second);
    let places: Vec<_> = log.iter().map(|entry| entry.position).skip(2).collect();
    assert_eq!(places, [0, 1, 2, 3, 4, 5, 1_000_000, 1_000_001].map(|n| later + n), "as early as may be");
    Ok(())
}

pub async fn the_log_has_what_was_committed_and_nothing_else(subject: &Subject) -> Outcome {
    let mut unit = write(&subject.store).await?;
    unit.revocations().append(&[Revocation::KeysChanged], noon()).await?;
    drop(unit);
    let mut unit = write(&subject.store).await?;
    unit.revocations().append(&[Revocation::KeyRevoked("a".to_owned())], noon()).await?;
    unit.commit().await?;
    let revocation = Revocation::KeyRevoked("a".to_owned());
    let expected = LoggedRevocation { position: position_at(noon()), previous: 0, at: noon(), revocation };
    assert_eq!(log(subject).await?, [expected], "what was dropped has no place");
    Ok(())
}

pub async fn who_has_read_up_to_a_position_has_missed_none_before_it(subject: &Subject) -> Outcome {
    const WRITERS: usize = 32;
    let written = race(subject, WRITERS + 2, |store, n| async move {
        if n < WRITERS {
            let mut unit = store.begin(Access::Write).await?;
            let each = Revocation::KeyRevoked(n.to_string());
            unit.revocations().append(&[each, Revocation::KeysChanged], noon()).await?;
            if n % 4 == 3 {
                return Ok(0);
            }
            unit.commit().await?;
            return Ok(2);
        }
        // Reads on while the others write: each page goes on where the one before ended.
        let mut known: Position = 0;
        for _ in 0..200 {
            let page = store.begin(Access::Read).await?.revocations().after(known, 7).await?;
            for entry in page {
                assert_eq!(entry.previous, known, "one was missed");
                known = entry.position;
            }
        }
        Ok(0)
    })
    .await?;
    let written: usize = written.into_iter().sum();
    let log = log(subject).await?;
    assert_eq!(log.len(), written);
    assert!(log.windows(2).all(|pair| pair[1].previous == pair[0].position && pair[1].position > pair[0].position));
    Ok(())
}

pub async fn old_entries_of_the_log_are_purged_and_their_places_are_not_given_again(subject: &Subject) -> Outcome {
    let later = noon() + Duration::from_secs(1);
    let mut unit = write(&subject.store).await?;
    unit.revocations().append(&[Revocation::KeysChanged, Revocation::KeyRevoked("a".to_owned())], noon()).await?;
    unit.revocations().append(&[Revocation::KeysChanged], later).await?;
    unit.commit().await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.revocations().purge(noon(), 9).await?, 0);
    assert_eq!(unit.revocations().purge(later, 1).await?, 1);
    assert_eq!(unit.revocations().purge(later, 9).await?, 1);
    unit.commit().await?;
    let last = position_at(later);
    let places = |log: Vec<LoggedRevocation>| log.iter().map(|entry| entry.position).collect::<Vec<_>>();
    assert_eq!(places(log(subject).await?), [last]);
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.revocations().purge(later + Duration::from_secs(1), 9).await?, 1);
    unit.commit().await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.revocations().head().await?, last);
    unit.revocations().append(&[Revocation::KeysChanged], later).await?;
    unit.commit().await?;
    let log = log(subject).await?;
    assert_eq!(log.iter().map(|entry| entry.previous).collect::<Vec<_>>(), [last]);
    assert_eq!(places(log), [last + 1]);
    Ok(())
}

//! Sessions, as long as they live.

use std::time::Duration;

use doorward_domain::{
    Digest, RefreshKeyId, TokenId,
    session::{Device, EndReason, RefreshState, Rotation, Session, SessionEnd, UserAgent},
};

use super::{Outcome, Subject, add_sessions, add_user, race, read, stored, write};
use crate::{
    CountingIds,
    builders::{noon, session, user},
};

/// The `n`th rotation, `n` hours past noon.
fn rotation(n: u32) -> Rotation {
    let at = noon() + Duration::from_hours(n.into());
    Rotation {
        to: n,
        at,
        idle_expires_at: at + Duration::from_hours(7 * 24),
        access_token_id: TokenId::new(CountingIds::nth(u64::from(n) + 1_000, at)),
    }
}

pub async fn a_session_is_read_as_written(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let full = Session {
        device: Device {
            user_agent: UserAgent::keep(&"Ж\"';--🦀 ".repeat(60)),
            ip_address: Some("2001:db8::1".parse()?),
        },
        created_at: noon() + Duration::from_micros(1),
        last_seen_at: noon() + Duration::from_micros(10),
        idle_expires_at: noon() + Duration::from_micros(100),
        absolute_expires_at: noon() + Duration::from_micros(876_544),
        access_token_id: TokenId::new(CountingIds::nth(7, noon())),
        refresh: RefreshState {
            generation: u32::MAX,
            rotated_at: noon() - Duration::from_micros(123_456),
            nonce_digest: Digest::of(b"nonce"),
            key_id: RefreshKeyId::new(CountingIds::nth(8, noon())),
        },
        ..session(&user, 1)
    };
    let bare = Session { device: Device::default(), remembered: false, ..session(&user, 2) };
    let mut sessions = vec![full, bare];
    for (n, reason) in (3..).zip(EndReason::ALL) {
        let end = SessionEnd { at: noon() + Duration::from_micros(n.into()), reason };
        sessions.push(Session { ended: Some(end), ..session(&user, n) });
    }
    add_sessions(&subject.store, &sessions).await?;
    for session in &sessions {
        assert_eq!(stored(subject, session).await?, *session);
    }
    Ok(())
}

pub async fn a_session_is_found_with_its_user(subject: &Subject) -> Outcome {
    let (one, other) = (user(1), user(2));
    let (of_one, of_other) = (session(&one, 1), session(&other, 2));
    add_user(&subject.store, &one).await?;
    add_user(&subject.store, &other).await?;
    add_sessions(&subject.store, [&of_one, &of_other]).await?;
    let absent = session(&one, 3).id;
    for expected in [(of_one, one), (of_other, other)] {
        let id = expected.0.id;
        let mut unit = read(&subject.elsewhere).await?;
        assert_eq!(unit.sessions().find_with_user(id).await?.as_ref(), Some(&expected));
        assert_eq!(unit.sessions().find_with_user(absent).await?, None);
        let mut unit = write(&subject.elsewhere).await?;
        assert_eq!(unit.sessions().find_with_locked_user(id).await?, Some(expected));
        assert_eq!(unit.sessions().find_with_locked_user(absent).await?, None);
        assert_eq!(unit.sessions().find(absent).await?, None);
    }
    Ok(())
}

pub async fn a_session_is_not_there_without_its_user(subject: &Subject) -> Outcome {
    let session = session(&user(1), 1);
    assert!(add_sessions(&subject.store, [&session]).await.is_err());
    assert!(stored(subject, &session).await.is_err());
    Ok(())
}

pub async fn a_rotation_changes_what_the_domain_says(subject: &Subject) -> Outcome {
    let user = user(1);
    let (mut session, bystander) = (session(&user, 1), session(&user, 2));
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session, &bystander]).await?;
    for n in 1..=3 {
        let mut unit = write(&subject.store).await?;
        let (locked, _) = unit.sessions().find_with_locked_user(session.id).await?.ok_or("the session is there")?;
        assert_eq!(locked, session);
        assert!(unit.sessions().rotate(session.id, n - 1, &rotation(n)).await?);
        unit.commit().await?;
        session = session.rotated(&rotation(n));
        assert_eq!(stored(subject, &session).await?, session);
    }
    assert_eq!(stored(subject, &bystander).await?, bystander);
    Ok(())
}

pub async fn a_rotation_never_moves_the_last_use_back(subject: &Subject) -> Outcome {
    let user = user(1);
    let session = Session { last_seen_at: noon() + Duration::from_hours(2), ..session(&user, 1) };
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session]).await?;
    let mut unit = write(&subject.store).await?;
    assert!(unit.sessions().rotate(session.id, 0, &rotation(1)).await?);
    unit.commit().await?;
    let rotated = stored(subject, &session).await?;
    assert_eq!(rotated.last_seen_at, session.last_seen_at);
    assert_eq!(rotated, session.rotated(&rotation(1)));
    Ok(())
}

pub async fn a_rotation_from_another_generation_changes_nothing(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut session = session(&user, 1);
    session.refresh.generation = 5;
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session]).await?;
    for from in [0, 4, 6, u32::MAX] {
        let mut unit = write(&subject.store).await?;
        assert!(!unit.sessions().rotate(session.id, from, &rotation(6)).await?, "{from}");
        unit.commit().await?;
        assert_eq!(stored(subject, &session).await?, session);
    }
    Ok(())
}

pub async fn one_of_sixteen_racing_rotations_succeeds(subject: &Subject) -> Outcome {
    let user = user(1);
    let session = session(&user, 1);
    let id = session.id;
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session]).await?;
    for generation in 0..5 {
        // Those of the second half do not take the user's lock: the update alone decides.
        let rotated = race(subject, 16, |store, n| async move {
            let mut unit = write(&store).await?;
            if n < 8 {
                unit.sessions().find_with_locked_user(id).await?;
            }
            let rotated = unit.sessions().rotate(id, generation, &rotation(generation + 1)).await?;
            unit.commit().await?;
            Ok(rotated)
        })
        .await?;
        assert_eq!(rotated.into_iter().filter(|&rotated| rotated).count(), 1);
        assert_eq!(stored(subject, &session).await?.refresh.generation, generation + 1);
    }
    Ok(())
}

pub async fn live_sessions_are_listed_the_latest_first(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let at = |micros| noon() + Duration::from_micros(micros);
    let oldest = Session { created_at: at(1), ..session(&user, 3) };
    let middle = Session { created_at: at(2), ..session(&user, 1) };
    let latest = Session { created_at: at(876_544), ..session(&user, 2) };
    let of_the_same_moment = Session { created_at: at(2), ..session(&user, 4) };
    let ended = Session { ended: Some(SessionEnd { at: at(3), reason: EndReason::Revoked }), ..session(&user, 5) };
    let expired = Session { idle_expires_at: noon(), ..session(&user, 6) };
    let others = session(&other, 7);
    let all = [&oldest, &middle, &latest, &of_the_same_moment, &ended, &expired, &others];
    add_sessions(&subject.store, all).await?;
    let live = read(&subject.elsewhere).await?.sessions().list_live(user.id, at(10)).await?;
    assert_eq!(live, [latest, of_the_same_moment, middle, oldest]);
    Ok(())
}

pub async fn a_session_lives_until_the_very_microsecond_of_its_end(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    // Moments of whole seconds, milliseconds and microseconds, which are text of different lengths.
    let fractions = [0, 1, 999, 1_000, 100_000, 100_001, 123_000, 123_456, 999_999, 1_000_000];
    let start = noon() - Duration::from_micros(123_456);
    let moments: Vec<_> = fractions.map(|micros| start + Duration::from_micros(micros)).into();
    let ends = || (1..).zip(&moments);
    let mut sessions: Vec<_> = ends().map(|(n, &end)| Session { idle_expires_at: end, ..session(&user, n) }).collect();
    sessions.extend(ends().map(|(n, &end)| Session { absolute_expires_at: end, ..session(&user, 100 + n) }));
    add_sessions(&subject.store, &sessions).await?;
    for &now in &moments {
        let mut live = read(&subject.store).await?.sessions().list_live(user.id, now).await?;
        live.sort_by_key(|session| session.id);
        let expected: Vec<_> = sessions.iter().filter(|session| session.is_live(now)).cloned().collect();
        assert_eq!(live, expected, "at {now}");
    }
    Ok(())
}

pub async fn a_use_is_noted_and_never_moved_back(subject: &Subject) -> Outcome {
    let user = user(1);
    let at = |hours| noon() + Duration::from_hours(hours);
    let session = Session { last_seen_at: at(2), ..session(&user, 1) };
    let bystander = crate::builders::session(&user, 2);
    let absent = crate::builders::session(&user, 3);
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session, &bystander]).await?;
    let id = session.id;
    for (seen, expected) in [
        (vec![], at(2)),
        (vec![(id, at(1))], at(2)),
        (vec![(id, at(3))], at(3)),
        (vec![(id, at(5)), (id, at(4))], at(5)),
        (vec![(absent.id, at(9)), (id, at(6))], at(6)),
        (vec![(absent.id, at(9))], at(6)),
    ] {
        let mut unit = write(&subject.store).await?;
        unit.sessions().touch(&seen).await?;
        unit.commit().await?;
        assert_eq!(stored(subject, &session).await?, Session { last_seen_at: expected, ..session.clone() });
    }
    assert_eq!(stored(subject, &bystander).await?, bystander);
    Ok(())
}

pub async fn two_hundred_uses_are_noted_at_once(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let sessions: Vec<_> = (1..=201).map(|n| session(&user, n)).collect();
    add_sessions(&subject.store, &sessions).await?;
    let seen: Vec<_> =
        (1..).zip(&sessions[..200]).map(|(n, session)| (session.id, noon() + Duration::from_micros(n))).collect();
    let mut unit = write(&subject.store).await?;
    unit.sessions().touch(&seen).await?;
    unit.commit().await?;
    for (session, (_, at)) in sessions.iter().zip(&seen) {
        assert_eq!(stored(subject, session).await?.last_seen_at, *at);
    }
    assert_eq!(stored(subject, &sessions[200]).await?, sessions[200]);
    Ok(())
}

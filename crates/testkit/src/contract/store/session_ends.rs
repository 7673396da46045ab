//! The ends of sessions.

use std::time::Duration;

use doorward_domain::{
    TokenId,
    session::{EndReason, Rotation, Session, SessionEnd},
};

use super::{Outcome, Subject, add_sessions, add_user, stored, write};
use crate::{
    CountingIds,
    builders::{noon, session, user},
};

/// The end of a session so many minutes past noon.
fn end(minutes: u64, reason: EndReason) -> SessionEnd {
    SessionEnd { at: noon() + Duration::from_mins(minutes), reason }
}

pub async fn an_end_is_final(subject: &Subject) -> Outcome {
    let user = user(1);
    let session = session(&user, 1);
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session]).await?;
    let first = end(1, EndReason::RefreshTokenReused);
    let again = end(2, EndReason::LoggedOut);
    let mut unit = write(&subject.store).await?;
    assert!(unit.sessions().end(session.id, first).await?);
    unit.commit().await?;
    let ended = Session { ended: Some(first), ..session.clone() };
    assert_eq!(stored(subject, &session).await?, ended);

    let mut unit = write(&subject.store).await?;
    assert!(!unit.sessions().end(session.id, again).await?);
    assert_eq!(unit.sessions().end_all(user.id, None, again).await?, 0);
    assert_eq!(unit.sessions().end_oldest(user.id, 0, again).await?, 0);
    unit.sessions().touch(&[(session.id, noon())]).await?;
    unit.commit().await?;
    assert_eq!(stored(subject, &session).await?, ended);

    let absent = crate::builders::session(&user, 2);
    assert!(!write(&subject.store).await?.sessions().end(absent.id, first).await?);
    Ok(())
}

pub async fn an_ended_session_is_not_rotated(subject: &Subject) -> Outcome {
    let user = user(1);
    let session = Session { ended: Some(end(1, EndReason::LoggedOut)), ..session(&user, 1) };
    add_user(&subject.store, &user).await?;
    add_sessions(&subject.store, [&session]).await?;
    let rotation = Rotation {
        to: 1,
        at: noon() + Duration::from_mins(2),
        idle_expires_at: session.absolute_expires_at,
        access_token_id: TokenId::new(CountingIds::nth(9, noon())),
    };
    let mut unit = write(&subject.store).await?;
    assert!(!unit.sessions().rotate(session.id, 0, &rotation).await?);
    unit.commit().await?;
    assert_eq!(stored(subject, &session).await?, session);
    Ok(())
}

pub async fn all_live_sessions_of_a_user_end_but_the_one_to_keep(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let now = end(5, EndReason::PasswordChanged);
    let (one, two, kept) = (session(&user, 1), session(&user, 2), session(&user, 3));
    let ended = Session { ended: Some(end(1, EndReason::Revoked)), ..session(&user, 4) };
    let expired = Session { idle_expires_at: now.at, ..session(&user, 5) };
    let others = session(&other, 6);
    let untouched = [kept.clone(), ended, expired, others.clone()];
    add_sessions(&subject.store, [&one, &two]).await?;
    add_sessions(&subject.store, &untouched).await?;

    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.sessions().end_all(user.id, Some(kept.id), now).await?, 2);
    unit.commit().await?;
    for session in [one, two] {
        assert_eq!(stored(subject, &session).await?.ended, Some(now));
    }
    for session in &untouched {
        assert_eq!(stored(subject, session).await?, *session);
    }

    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.sessions().end_all(user.id, None, now).await?, 1);
    unit.commit().await?;
    assert_eq!(stored(subject, &kept).await?.ended, Some(now));
    assert_eq!(stored(subject, &others).await?, others);
    Ok(())
}

pub async fn the_oldest_live_sessions_end_and_the_latest_remain(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let at = |minutes| noon() + Duration::from_mins(minutes);
    // Oldest first; the second and the third are of one moment, and the lower id counts as older.
    let live = [(4, 0), (1, 1), (2, 1), (3, 2), (5, 3)]
        .map(|(n, minutes)| Session { created_at: at(minutes), ..session(&user, n) });
    let untouched = [
        Session { ended: Some(end(1, EndReason::Revoked)), ..session(&user, 6) },
        Session { absolute_expires_at: at(5), ..session(&user, 7) },
        session(&other, 8),
    ];
    add_sessions(&subject.store, &live).await?;
    add_sessions(&subject.store, &untouched).await?;
    let now = end(5, EndReason::Evicted);
    for (keep, ended_now, remaining) in [(9, 0, 5), (5, 0, 5), (3, 2, 3), (3, 0, 3), (1, 2, 1), (0, 1, 0)] {
        let mut unit = write(&subject.store).await?;
        assert_eq!(unit.sessions().end_oldest(user.id, keep, now).await?, ended_now, "keeping {keep}");
        unit.commit().await?;
        for (n, session) in live.iter().enumerate() {
            let expected = (n < live.len() - remaining).then_some(now);
            assert_eq!(stored(subject, session).await?.ended, expected, "session {n}, keeping {keep}");
        }
    }
    for session in &untouched {
        assert_eq!(stored(subject, session).await?, *session);
    }
    Ok(())
}

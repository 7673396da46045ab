//! What is kept of sessions, and for how long.

use std::time::Duration;

use doorward_application::ports::KnownDevice;
use doorward_domain::session::{Device, EndReason, Session, SessionEnd, UserAgent};

use super::{Outcome, Subject, add_sessions, add_user, read, write};
use crate::builders::{noon, session, user};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

pub async fn all_that_is_kept_of_sessions_is_listed_the_latest_first(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let at = |micros| noon() + Duration::from_micros(micros);
    let ended = Session {
        created_at: at(2),
        ended: Some(SessionEnd { at: at(3), reason: EndReason::EndedByAdmin }),
        ..session(&user, 1)
    };
    let expired = Session { created_at: at(3), absolute_expires_at: at(4), ..session(&user, 2) };
    let live = Session { created_at: at(1), ..session(&user, 3) };
    let of_the_same_moment = Session { created_at: at(2), ..session(&user, 4) };
    add_sessions(&subject.store, [&ended, &expired, &live, &of_the_same_moment, &session(&other, 5)]).await?;
    let listed = read(&subject.elsewhere).await?.sessions().list_all(user.id).await?;
    assert_eq!(listed, [expired, of_the_same_moment, ended, live]);
    Ok(())
}

pub async fn a_device_is_known_by_its_label(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let device = |agent: &str| Device { user_agent: UserAgent::keep(agent), ip_address: None };
    let newer = FIREFOX.replace("140", "141");
    let label = device(FIREFOX).label();
    assert_eq!(label, device(&newer).label());
    let knows =
        async |user_id, label: &str| read(&subject.elsewhere).await?.sessions().knows_device(user_id, label).await;

    assert_eq!(knows(user.id, &label).await?, KnownDevice::First);
    let app = Session { device: device("my-app/1.2"), ..session(&user, 1) };
    add_sessions(&subject.store, [&app, &Session { device: device(FIREFOX), ..session(&other, 2) }]).await?;
    assert_eq!(knows(user.id, &label).await?, KnownDevice::Unknown);
    assert_eq!(knows(user.id, "my-app").await?, KnownDevice::Known);
    assert_eq!(knows(user.id, "MY-APP").await?, KnownDevice::Unknown);
    assert_eq!(knows(user.id, &Device::default().label()).await?, KnownDevice::Unknown);

    // A session that is over has been one all the same.
    let over = Session {
        device: device(&newer),
        absolute_expires_at: noon(),
        ended: Some(SessionEnd { at: noon(), reason: EndReason::Revoked }),
        ..session(&user, 3)
    };
    let unnamed = Session { device: Device::default(), ..session(&user, 4) };
    add_sessions(&subject.store, [&over, &unnamed]).await?;
    assert_eq!(knows(user.id, &label).await?, KnownDevice::Known);
    assert_eq!(knows(user.id, &Device::default().label()).await?, KnownDevice::Known);
    Ok(())
}

pub async fn sessions_are_forgotten_after_their_absolute_end_and_no_more_than_asked(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let ending = |n: u32, micros| {
        let end = noon() + Duration::from_micros(micros);
        Session { absolute_expires_at: end, ..session(&user, n) }
    };
    let mut sessions: Vec<_> = (1..=5).map(|n| ending(n, n.into())).collect();
    // Neither its idle end nor that it was ended makes a session one that is forgotten.
    sessions.push(Session {
        idle_expires_at: noon(),
        ended: Some(SessionEnd { at: noon(), reason: EndReason::Revoked }),
        ..ending(6, 876_544)
    });
    add_sessions(&subject.store, &sessions).await?;
    for (micros, limit, purged, remaining) in
        [(1, 9, 0, 6), (3, 1, 1, 5), (3, 9, 1, 4), (3, 9, 0, 4), (6, 0, 0, 4), (6, 2, 2, 2), (876_544, 9, 1, 1)]
    {
        let mut unit = write(&subject.store).await?;
        let before = noon() + Duration::from_micros(micros);
        assert_eq!(unit.sessions().purge(before, limit).await?, purged, "before {micros} µs, at most {limit}");
        unit.commit().await?;
        let kept = read(&subject.elsewhere).await?.sessions().list_all(user.id).await?;
        assert_eq!(kept.len(), remaining, "before {micros} µs, at most {limit}");
        let is_over = |session: &&Session| session.absolute_expires_at < before;
        assert!(kept.iter().filter(is_over).count() <= remaining.saturating_sub(4) || limit < 9);
    }
    let kept = read(&subject.elsewhere).await?.sessions().list_all(user.id).await?;
    assert_eq!(kept, sessions[5..]);
    Ok(())
}

//! Users who go, and the administrators of whom one must stay.

use std::time::Duration;

use doorward_domain::{
    Role,
    user::{Identifier, User, UserStatus},
};

use super::{Outcome, Subject, add_sessions, add_user, delete_user, race, read, user_of, write};
use crate::builders::{noon, one_time_token, profile, session, user};

pub async fn users_are_due_to_go_from_the_very_moment(subject: &Subject) -> Outcome {
    let at = |micros| Some(noon() + Duration::from_micros(micros));
    let unproven = User { proof_due_at: at(1_000), ..user(1) };
    let leaving = User { deletes_at: at(876_544), ..user(2) };
    let both = User { proof_due_at: at(2_000_000), deletes_at: at(999), ..user(3) };
    let staying = user(4);
    for user in [&unproven, &leaving, &both, &staying] {
        add_user(&subject.store, user).await?;
    }
    for (micros, due) in [
        (0, &[][..]),
        (998, &[]),
        (999, &[3]),
        (1_000, &[1, 3]),
        (876_543, &[1, 3]),
        (876_544, &[1, 2, 3]),
        (9_000_000, &[1, 2, 3]),
    ] {
        let now = noon() + Duration::from_micros(micros);
        let mut found = read(&subject.elsewhere).await?.users().due_to_go(now, 10).await?;
        found.sort();
        assert_eq!(found, due.iter().map(|&n| user(n).id).collect::<Vec<_>>(), "after {micros} µs");
    }
    for limit in 0..=4 {
        let found = read(&subject.store).await?.users().due_to_go(noon() + Duration::from_hours(1), limit).await?;
        assert_eq!(found.len(), usize::try_from(limit.min(3))?);
    }
    Ok(())
}

pub async fn a_deleted_user_leaves_nothing_behind(subject: &Subject) -> Outcome {
    let (gone, stays) = (user(1), user(2));
    for (n, user) in (1..).zip([&gone, &stays]) {
        add_user(&subject.store, user).await?;
        add_sessions(&subject.store, [&session(user, n)]).await?;
        let mut unit = write(&subject.store).await?;
        unit.one_time_tokens().insert(&one_time_token(user, n)).await?;
        unit.profiles().archive(user.id, user.role, noon()).await?;
        unit.profiles().insert(user.id, &profile(Role::Employer)).await?;
        unit.commit().await?;
    }
    delete_user(&subject.store, gone.id).await?;
    for (n, user, is_there) in [(1, &gone, false), (2, &stays, true)] {
        let mut unit = read(&subject.elsewhere).await?;
        assert_eq!(unit.users().find(user.id).await?.is_some(), is_there);
        let identifier = Identifier::Email(user.email.clone());
        assert_eq!(unit.users().find_by_identifier(&identifier).await?.is_some(), is_there);
        assert_eq!(unit.users().password_hash(user.id).await?.is_some(), is_there);
        assert_eq!(unit.profiles().list(user.id).await?.len(), if is_there { 2 } else { 0 });
        assert_eq!(unit.sessions().find(session(user, n).id).await?.is_some(), is_there);
        let token = one_time_token(user, n);
        assert_eq!(unit.one_time_tokens().find(token.purpose, &token.digest, noon()).await?.is_some(), is_there);
    }
    // Whoever comes next gets the names, and nothing else.
    add_user(&subject.store, &User { id: user(3).id, ..gone.clone() }).await?;
    assert!(read(&subject.store).await?.sessions().list_all(gone.id).await?.is_empty());
    Ok(())
}

pub async fn the_administrators_who_may_sign_in_are_told_and_no_others(subject: &Subject) -> Outcome {
    let admin = |n| User { role: Role::Admin, ..user(n) };
    let (two, five) = (admin(2), admin(5));
    let others = [
        user(1),
        User { status: UserStatus::Deactivated, ..admin(3) },
        User { deletes_at: Some(noon()), ..admin(4) },
        User { role: Role::Employer, ..user(6) },
    ];
    for user in others.iter().chain([&five, &two]) {
        add_user(&subject.store, user).await?;
    }
    assert_eq!(write(&subject.store).await?.users().lock_active_admins().await?, [two.id, five.id]);
    assert!(read(&subject.store).await?.users().lock_active_admins().await.is_err());
    Ok(())
}

pub async fn the_last_administrator_is_never_lost_in_a_race(subject: &Subject) -> Outcome {
    for n in 1..=6 {
        add_user(&subject.store, &User { role: Role::Admin, ..user(n) }).await?;
    }
    // Each wants to go, unless that leaves nobody.
    let left = race(subject, 12, |store, n| async move {
        let id = user(u32::try_from(n % 6)? + 1).id;
        let mut unit = write(&store).await?;
        let admins = unit.users().lock_active_admins().await?;
        if !admins.contains(&id) || admins.len() == 1 {
            return Ok(false);
        }
        let mut admin = unit.users().lock(id).await?.ok_or("the administrator is there")?;
        admin.status = UserStatus::Deactivated;
        unit.users().update(&admin).await?;
        unit.commit().await?;
        Ok(true)
    })
    .await?;
    assert_eq!(left.into_iter().filter(|&left| left).count(), 5);
    let mut active = 0;
    for n in 1..=6 {
        let admin = user_of(subject, user(n).id).await?.ok_or("the administrator is there")?;
        active += usize::from(admin.may_sign_in());
    }
    assert_eq!(active, 1);
    Ok(())
}

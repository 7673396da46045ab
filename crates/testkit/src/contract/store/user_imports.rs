//! Users, many at once.

use std::error::Error;

use doorward_application::ports::{InsertUserError, NewUser, Taken, UserFilter};
use doorward_domain::{
    Role,
    user::{PersonName, User},
};

use super::{Outcome, Subject, add_user, race, read, user_of, write};
use crate::builders::{line, password_hash, profile, user};

/// A user to import, of this role, with a password.
fn new(user: User) -> NewUser {
    NewUser { profile: profile(user.role), user, password: Some(password_hash(7)) }
}

/// What the store made of a user.
#[derive(Debug, PartialEq)]
struct Found {
    user: Option<User>,
    has_profile: bool,
    password: Option<String>,
}

async fn find(subject: &Subject, user: &User) -> Result<Found, Box<dyn Error + Send + Sync>> {
    let mut unit = read(&subject.elsewhere).await?;
    Ok(Found {
        user: unit.users().find(user.id).await?,
        has_profile: unit.profiles().find(user.id, user.role).await? == Some(profile(user.role)),
        password: unit.users().password_hash(user.id).await?.map(|hash| hash.expose().to_owned()),
    })
}

pub async fn thousands_of_users_are_added_with_profiles_and_passwords(subject: &Subject) -> Outcome {
    let of_number = |n: u32| {
        let user = User { role: Role::ALL[n as usize % Role::ALL.len()], ..user(n) };
        match n % 4 {
            0 => NewUser { password: None, ..new(user) },
            1 => new(User { username: None, ..user }),
            _ => new(user),
        }
    };
    let users: Vec<_> = (0..2_500).map(of_number).collect();
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.users().insert_many(&users).await?, vec![Ok(()); users.len()]);
    unit.commit().await?;
    for NewUser { user, password, .. } in users.iter().step_by(83) {
        let password = password.as_ref().map(|hash| hash.expose().to_owned());
        let expected = Found { user: Some(user.clone()), has_profile: true, password };
        assert_eq!(find(subject, user).await?, expected);
    }
    let mut found = Vec::<User>::new();
    loop {
        let after = found.last().map(|user| user.id);
        let filter = UserFilter { search: Some("jane".to_owned()), ..UserFilter::default() };
        let page = read(&subject.store).await?.users().list(&filter, after, 1_000).await?;
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert!(found.iter().eq(users.iter().rev().map(|new| &new.user)), "{} are found", found.len());
    Ok(())
}

pub async fn of_many_users_those_whose_names_are_taken_are_told_in_their_order(subject: &Subject) -> Outcome {
    for n in 1..=4 {
        add_user(&subject.store, &user(n)).await?;
    }
    let (email, username) = (|n| user(n).email, |n| user(n).username);
    let users = [
        (user(10), Ok(())),
        (User { email: email(1), ..user(11) }, Err((true, false))),
        (User { username: username(2), ..user(12) }, Err((false, true))),
        (User { username: None, ..user(13) }, Ok(())),
        (User { email: email(3), username: username(4), ..user(14) }, Err((true, true))),
        (User { email: email(4), username: None, ..user(15) }, Err((true, false))),
        (user(16), Ok(())),
    ];
    let outcomes: Vec<_> =
        users.iter().map(|(_, outcome)| outcome.map_err(|(email, username)| Taken { email, username })).collect();
    let all: Vec<_> = users.into_iter().map(|(user, _)| new(user)).collect();
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.users().insert_many(&[]).await?, []);
    assert_eq!(unit.users().insert_many(&all).await?, outcomes);
    // The unit is still of use.
    unit.users().insert(&user(17), None).await?;
    unit.commit().await?;
    for (NewUser { user, .. }, outcome) in all.iter().zip(&outcomes) {
        let expected = match outcome {
            Ok(()) => {
                let password = Some(password_hash(7).expose().to_owned());
                Found { user: Some(user.clone()), has_profile: true, password }
            }
            Err(_) => Found { user: None, has_profile: false, password: None },
        };
        assert_eq!(find(subject, user).await?, expected);
    }
    assert!(user_of(subject, user(17).id).await?.is_some());
    Ok(())
}

pub async fn what_was_added_at_once_is_gone_with_its_unit(subject: &Subject) -> Outcome {
    let all = [new(user(1)), new(user(2))];
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.users().insert_many(&all).await?, [Ok(()); 2]);
    drop(unit);
    for NewUser { user, .. } in &all {
        assert_eq!(find(subject, user).await?, Found { user: None, has_profile: false, password: None });
    }
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.users().insert_many(&all).await?, [Ok(()); 2]);
    Ok(())
}

pub async fn of_racing_inserts_one_gets_each_name(subject: &Subject) -> Outcome {
    for round in 0..5 {
        let names = [user(round * 10), user(round * 10 + 1), user(round * 10 + 2)];
        // Half of them want all names, the others one of them; each under ids of its own.
        let added = race(subject, 8, |store, n| {
            let mine = |k: usize| {
                let id = user(10_000 + round * 100 + u32::try_from(n * 10 + k).unwrap_or(0)).id;
                let name = PersonName::new(line(&format!("Racer {n}")), line("Doe"));
                User { id, name, ..names[k].clone() }
            };
            let all: Vec<_> = (0..3).map(|k| new(mine(k))).collect();
            let one = mine(n % 3);
            async move {
                let mut unit = write(&store).await?;
                let added = if n % 2 == 0 {
                    unit.users().insert_many(&all).await?.iter().filter(|outcome| outcome.is_ok()).count()
                } else {
                    match unit.users().insert(&one, None).await {
                        Ok(()) => 1,
                        Err(InsertUserError::Taken(_)) => 0,
                        Err(error) => return Err(error.into()),
                    }
                };
                unit.commit().await?;
                Ok(added)
            }
        })
        .await?;
        assert_eq!(added.into_iter().sum::<usize>(), names.len());
        let filter = UserFilter { search: Some("racer".to_owned()), ..UserFilter::default() };
        let there = read(&subject.store).await?.users().list(&filter, None, 100).await?;
        assert_eq!(there.len(), names.len() * (round as usize + 1));
    }
    Ok(())
}

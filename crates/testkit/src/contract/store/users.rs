//! Users and what they sign in with.

use std::time::Duration;

use doorward_application::ports::{InsertUserError, UpdateUserError};
use doorward_domain::{
    Role,
    user::{EmailAddress, Identifier, PersonName, User, UserStatus, Username},
};

use super::{Outcome, Subject, add_user, race, read, user_of, write};
use crate::builders::{line, noon, password_hash, user};

pub async fn a_user_is_read_as_written(subject: &Subject) -> Outcome {
    let plain = User { username: None, ..user(1) };
    let full = User {
        email: EmailAddress::parse("Zoe.O'Hara+Test@BÜCHER.example")?,
        email_verified_at: Some(noon() + Duration::from_micros(1)),
        username: Some(Username::parse("Zoe_O.Hara-1")?),
        name: PersonName::new(line("Zoë 🦀 \"';--"), line("Ὀδυσσεύς")),
        role: Role::Admin,
        status: UserStatus::Deactivated,
        epoch: u32::MAX,
        credential_version: u32::MAX,
        created_at: noon() - Duration::from_micros(1),
        last_login_at: Some(noon() + Duration::from_micros(876_544)),
        ..user(2)
    };
    for user in [plain, full] {
        add_user(&subject.store, &user).await?;
        assert_eq!(user_of(subject, user.id).await?.as_ref(), Some(&user));
        assert_eq!(write(&subject.store).await?.users().lock(user.id).await?.as_ref(), Some(&user));
        let identifier = Identifier::Email(user.email.clone());
        let credential = read(&subject.store).await?.users().find_credential(&identifier).await?;
        assert_eq!(credential.map(|(user, _)| user), Some(user));
    }
    Ok(())
}

pub async fn nobody_is_found_who_is_not_there(subject: &Subject) -> Outcome {
    add_user(&subject.store, &User { username: None, ..user(1) }).await?;
    let nobody = user(2);
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.users().find(nobody.id).await?, None);
    assert_eq!(unit.users().lock(nobody.id).await?, None);
    for raw in ["user2@example.com", "user2", "user1"] {
        assert!(unit.users().find_credential(&Identifier::parse(raw)?).await?.is_none(), "{raw}");
    }
    Ok(())
}

pub async fn a_credential_is_found_by_every_spelling_of_address_and_username(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, &password_hash(1)).await?;
    unit.users().insert(&other, &password_hash(2)).await?;
    unit.commit().await?;
    for raw in ["user1@example.com", "USER1@EXAMPLE.COM", "User1@Example.com", "user1", "USER1"] {
        let identifier = Identifier::parse(raw)?;
        let found = read(&subject.store).await?.users().find_credential(&identifier).await?;
        let (found, hash) = found.ok_or(raw)?;
        assert_eq!((found, hash.expose()), (user.clone(), password_hash(1).expose()), "{raw}");
    }
    Ok(())
}

/// Tries to add the user, and says what is taken.
async fn taken(subject: &Subject, user: &User) -> Result<(bool, bool), InsertUserError> {
    let mut unit = write(&subject.store).await?;
    match unit.users().insert(user, &password_hash(1)).await {
        Ok(()) => Ok((false, false)),
        Err(InsertUserError::Taken { email, username }) => Ok((email, username)),
        Err(error) => Err(error),
    }
}

pub async fn an_address_is_taken_in_every_spelling(subject: &Subject) -> Outcome {
    add_user(&subject.store, &User { email: EmailAddress::parse("Jane@BÜCHER.example")?, ..user(1) }).await?;
    for raw in ["Jane@BÜCHER.example", "jane@bücher.EXAMPLE", "JANE@xn--bcher-kva.example"] {
        let again = User { email: EmailAddress::parse(raw)?, ..user(2) };
        assert_eq!(taken(subject, &again).await?, (true, false), "{raw}");
    }
    for raw in ["jane@bucher.example", "ja.ne@bücher.example", "jane+1@bücher.example"] {
        let another = User { email: EmailAddress::parse(raw)?, ..user(2) };
        assert_eq!(taken(subject, &another).await?, (false, false), "{raw}");
    }
    Ok(())
}

pub async fn a_username_is_taken_in_every_spelling(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    for raw in ["User1", "user1", "USER1"] {
        let again = User { username: Some(Username::parse(raw)?), ..user(2) };
        assert_eq!(taken(subject, &again).await?, (false, true), "{raw}");
    }
    Ok(())
}

pub async fn address_and_username_may_be_taken_by_two_others(subject: &Subject) -> Outcome {
    let (one, other) = (user(1), user(2));
    add_user(&subject.store, &one).await?;
    add_user(&subject.store, &other).await?;
    let both = User { email: one.email.clone(), username: other.username.clone(), ..user(3) };
    assert_eq!(taken(subject, &both).await?, (true, true));
    let one_again = User { id: user(3).id, ..one };
    assert_eq!(taken(subject, &one_again).await?, (true, true));
    Ok(())
}

pub async fn many_users_have_no_username(subject: &Subject) -> Outcome {
    for n in 1..=3 {
        add_user(&subject.store, &User { username: None, ..user(n) }).await?;
    }
    Ok(())
}

pub async fn a_refused_insert_leaves_its_unit_usable(subject: &Subject) -> Outcome {
    let (user, again, other) = (user(1), User { id: user(2).id, ..user(1) }, user(3));
    add_user(&subject.store, &user).await?;
    let mut unit = write(&subject.store).await?;
    let refused = unit.users().insert(&again, &password_hash(2)).await;
    assert!(matches!(refused, Err(InsertUserError::Taken { email: true, username: true })));
    unit.users().insert(&other, &password_hash(3)).await?;
    unit.commit().await?;
    assert_eq!(user_of(subject, user.id).await?, Some(user));
    assert_eq!(user_of(subject, again.id).await?, None);
    assert_eq!(user_of(subject, other.id).await?, Some(other));
    Ok(())
}

pub async fn one_of_two_racing_inserts_is_refused_and_its_unit_goes_on(subject: &Subject) -> Outcome {
    for round in 0..10 {
        let refused = race(subject, 2, |store, n| async move {
            let n = u32::try_from(n)?;
            let mine = User { id: user(1_000 + round * 2 + n).id, ..user(round) };
            let mut unit = write(&store).await?;
            let inserted = unit.users().insert(&mine, &password_hash(1)).await;
            if inserted.is_err() {
                unit.users().insert(&user(100 + round), &password_hash(2)).await?;
            }
            unit.commit().await?;
            Ok(inserted.err())
        })
        .await?;
        let refused: Vec<_> = refused.into_iter().flatten().collect();
        assert!(matches!(refused[..], [InsertUserError::Taken { email: true, username: true }]), "{refused:?}");
        assert!(user_of(subject, user(100 + round).id).await?.is_some());
    }
    Ok(())
}

pub async fn a_dropped_insert_takes_nothing(subject: &Subject) -> Outcome {
    assert_eq!(taken(subject, &user(1)).await?, (false, false));
    assert_eq!(taken(subject, &User { id: user(2).id, ..user(1) }).await?, (false, false));
    Ok(())
}

pub async fn an_update_replaces_all_but_id_address_and_password(subject: &Subject) -> Outcome {
    let (before, bystander) = (user(1), user(2));
    add_user(&subject.store, &before).await?;
    add_user(&subject.store, &bystander).await?;
    let after = User {
        email_verified_at: Some(noon()),
        username: Some(Username::parse("Somebody")?),
        name: PersonName::new(line("Janet"), line("Roe")),
        role: Role::Employer,
        status: UserStatus::Deactivated,
        epoch: 1,
        credential_version: 2,
        created_at: noon() + Duration::from_secs(1),
        last_login_at: Some(noon() + Duration::from_secs(2)),
        ..before.clone()
    };
    let asked = User { email: EmailAddress::parse("another@example.com")?, ..after.clone() };
    for (asked, expected) in [(&asked, &after), (&User { username: None, ..before.clone() }, &before)] {
        let mut unit = write(&subject.store).await?;
        unit.users().lock(asked.id).await?;
        unit.users().update(asked).await?;
        unit.commit().await?;
        assert_eq!(
            user_of(subject, before.id).await?,
            Some(User { username: asked.username.clone(), ..expected.clone() })
        );
        assert_eq!(user_of(subject, bystander.id).await?.as_ref(), Some(&bystander));
    }
    let identifier = Identifier::Email(before.email);
    let found = read(&subject.store).await?.users().find_credential(&identifier).await?;
    assert_eq!(found.map(|(_, hash)| hash.expose().to_owned()).as_deref(), Some(password_hash(1).expose()));
    Ok(())
}

pub async fn an_update_to_a_taken_username_is_refused(subject: &Subject) -> Outcome {
    let (one, other) = (user(1), user(2));
    add_user(&subject.store, &one).await?;
    add_user(&subject.store, &other).await?;
    let mut unit = write(&subject.store).await?;
    unit.users().lock(one.id).await?;
    let refused = unit.users().update(&User { username: Some(Username::parse("USER2")?), ..one.clone() }).await;
    assert!(matches!(refused, Err(UpdateUserError::UsernameTaken)), "{refused:?}");
    drop(unit);
    let respelt = User { username: Some(Username::parse("USER1")?), ..one };
    let mut unit = write(&subject.store).await?;
    unit.users().lock(respelt.id).await?;
    unit.users().update(&respelt).await?;
    unit.commit().await?;
    assert_eq!(user_of(subject, respelt.id).await?, Some(respelt));
    Ok(())
}

pub async fn a_replaced_password_hash_is_the_one_found(subject: &Subject) -> Outcome {
    let (one, other) = (user(1), user(2));
    add_user(&subject.store, &one).await?;
    add_user(&subject.store, &other).await?;
    let mut unit = write(&subject.store).await?;
    unit.users().lock(one.id).await?;
    unit.users().replace_password_hash(one.id, &password_hash(9)).await?;
    unit.commit().await?;
    for (user, hash) in [(one, password_hash(9)), (other, password_hash(1))] {
        let identifier = Identifier::Email(user.email);
        let found = read(&subject.elsewhere).await?.users().find_credential(&identifier).await?;
        assert_eq!(found.map(|(_, hash)| hash.expose().to_owned()).as_deref(), Some(hash.expose()));
    }
    Ok(())
}

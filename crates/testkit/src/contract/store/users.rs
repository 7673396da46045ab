//! Users and what they sign in with.

use std::time::Duration;

use doorward_application::ports::{InsertUserError, Taken};
use doorward_domain::{
    Role,
    user::{EmailAddress, Identifier, Locale, PersonName, User, UserStatus, Username},
};

use super::{Outcome, Subject, add_user, race, read, user_of, write};
use crate::builders::{line, noon, password_hash, user};

pub async fn a_user_is_read_as_written(subject: &Subject) -> Outcome {
    let plain = User { username: None, ..user(1) };
    let full = User {
        email: EmailAddress::parse("Zoe.O'Hara+Test@BÜCHER.example")?,
        email_verified_at: Some(noon() + Duration::from_micros(1)),
        proof_due_at: Some(noon() + Duration::from_micros(10)),
        username: Some(Username::parse("Zoe_O.Hara-1")?),
        name: PersonName::new(line("Zoë 🦀 \"';--"), line("Ὀδυσσεύς")),
        locale: Locale::parse("zh-Hant-TW")?,
        role: Role::Admin,
        status: UserStatus::Deactivated,
        epoch: u32::MAX,
        credential_version: u32::MAX,
        created_at: noon() - Duration::from_micros(1),
        last_login_at: Some(noon() + Duration::from_micros(876_544)),
        deletes_at: Some(noon() + Duration::from_micros(100)),
        ..user(2)
    };
    for user in [plain, full] {
        add_user(&subject.store, &user).await?;
        assert_eq!(user_of(subject, user.id).await?.as_ref(), Some(&user));
        assert_eq!(write(&subject.store).await?.users().lock(user.id).await?.as_ref(), Some(&user));
        let identifier = Identifier::Email(user.email.clone());
        let mut unit = read(&subject.store).await?;
        assert_eq!(unit.users().find_by_identifier(&identifier).await?.as_ref(), Some(&user));
        let credential = unit.users().find_credential(&identifier).await?;
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
    assert!(unit.users().password_hash(nobody.id).await?.is_none());
    for raw in ["user2@example.com", "user2", "user1"] {
        let identifier = Identifier::parse(raw)?;
        assert_eq!(unit.users().find_by_identifier(&identifier).await?, None, "{raw}");
        assert!(unit.users().find_credential(&identifier).await?.is_none(), "{raw}");
    }
    Ok(())
}

pub async fn a_credential_is_found_by_every_spelling_of_address_and_username(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, Some(&password_hash(1))).await?;
    unit.users().insert(&other, Some(&password_hash(2))).await?;
    unit.commit().await?;
    for raw in ["user1@example.com", "USER1@EXAMPLE.COM", "User1@Example.com", "user1", "USER1"] {
        let identifier = Identifier::parse(raw)?;
        let mut unit = read(&subject.store).await?;
        assert_eq!(unit.users().find_by_identifier(&identifier).await?.as_ref(), Some(&user), "{raw}");
        let (found, hash) = unit.users().find_credential(&identifier).await?.ok_or(raw)?;
        let hash = hash.map(|hash| hash.expose().to_owned());
        assert_eq!((found, hash.as_deref()), (user.clone(), Some(password_hash(1).expose())), "{raw}");
    }
    Ok(())
}

pub async fn a_user_without_a_password_has_none(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, None).await?;
    unit.commit().await?;
    let mut unit = read(&subject.elsewhere).await?;
    assert!(unit.users().password_hash(user.id).await?.is_none());
    let found = unit.users().find_credential(&Identifier::Email(user.email.clone())).await?;
    assert!(matches!(found, Some((found, None)) if found == user));
    Ok(())
}

/// Tries to add the user, and says what is taken.
async fn taken(subject: &Subject, user: &User) -> Result<(bool, bool), InsertUserError> {
    let mut unit = write(&subject.store).await?;
    match unit.users().insert(user, Some(&password_hash(1))).await {
        Ok(()) => Ok((false, false)),
        Err(InsertUserError::Taken(Taken { email, username })) => Ok((email, username)),
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
    let refused = unit.users().insert(&again, Some(&password_hash(2))).await;
    assert!(matches!(refused, Err(InsertUserError::Taken(Taken { email: true, username: true }))));
    unit.users().insert(&other, Some(&password_hash(3))).await?;
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
            let inserted = unit.users().insert(&mine, Some(&password_hash(1))).await;
            if inserted.is_err() {
                unit.users().insert(&user(100 + round), Some(&password_hash(2))).await?;
            }
            unit.commit().await?;
            Ok(inserted.err())
        })
        .await?;
        let refused: Vec<_> = refused.into_iter().flatten().collect();
        let both = Taken { email: true, username: true };
        assert!(matches!(refused[..], [InsertUserError::Taken(taken)] if taken == both), "{refused:?}");
        assert!(user_of(subject, user(100 + round).id).await?.is_some());
    }
    Ok(())
}

pub async fn a_dropped_insert_takes_nothing(subject: &Subject) -> Outcome {
    assert_eq!(taken(subject, &user(1)).await?, (false, false));
    assert_eq!(taken(subject, &User { id: user(2).id, ..user(1) }).await?, (false, false));
    Ok(())
}

pub async fn the_id_of_another_user_is_no_name_that_is_taken(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    let refused = taken(subject, &User { id: user(1).id, ..user(2) }).await;
    assert!(matches!(refused, Err(InsertUserError::Store(_))), "{refused:?}");
    Ok(())
}

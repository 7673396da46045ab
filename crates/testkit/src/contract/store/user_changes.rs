//! Changes of users.

use std::time::Duration;

use doorward_application::ports::{Taken, UpdateUserError};
use doorward_domain::{
    Role, UserId,
    user::{CredentialVersion, EmailAddress, Identifier, Locale, PasswordHash, PersonName, User, UserStatus, Username},
};

use super::{Outcome, Subject, add_user, race, read, user_of, write};
use crate::builders::{line, noon, password_hash, user};

/// Locks, updates and commits.
async fn update(subject: &Subject, user: &User) -> Result<(), UpdateUserError> {
    let mut unit = write(&subject.store).await?;
    unit.users().lock(user.id).await?;
    unit.users().update(user).await?;
    Ok(unit.commit().await?)
}

/// The stored hash, as another process sees it, found by address and by id.
async fn hash_of(subject: &Subject, user: &User) -> Result<Option<String>, Box<dyn std::error::Error + Send + Sync>> {
    let mut unit = read(&subject.elsewhere).await?;
    let text = |hash: Option<PasswordHash>| hash.map(|hash| hash.expose().to_owned());
    let by_id = text(unit.users().password_hash(user.id).await?);
    let (_, found) =
        unit.users().find_credential(&Identifier::Email(user.email.clone())).await?.ok_or("the user is there")?;
    assert_eq!(text(found), by_id);
    Ok(by_id)
}

pub async fn an_update_replaces_all_but_id_and_password(subject: &Subject) -> Outcome {
    let (before, bystander) = (user(1), user(2));
    add_user(&subject.store, &before).await?;
    add_user(&subject.store, &bystander).await?;
    let after = User {
        email: EmailAddress::parse("Another@BÜCHER.example")?,
        email_verified_at: Some(noon()),
        proof_due_at: Some(noon() + Duration::from_secs(3)),
        username: Some(Username::parse("Somebody")?),
        name: PersonName::new(line("Janet"), line("Roe")),
        locale: Locale::parse("pt-BR")?,
        role: Role::Employer,
        status: UserStatus::Deactivated,
        epoch: 1,
        credential_version: 2,
        created_at: noon() + Duration::from_secs(1),
        last_login_at: Some(noon() + Duration::from_secs(2)),
        deletes_at: Some(noon() + Duration::from_secs(4)),
        ..before.clone()
    };
    for asked in [&after, &User { username: None, ..before.clone() }] {
        update(subject, asked).await?;
        assert_eq!(user_of(subject, before.id).await?.as_ref(), Some(asked));
        assert_eq!(user_of(subject, bystander.id).await?.as_ref(), Some(&bystander));
        assert_eq!(hash_of(subject, asked).await?.as_deref(), Some(password_hash(1).expose()));
    }
    let old = Identifier::Email(after.email);
    assert_eq!(read(&subject.store).await?.users().find_by_identifier(&old).await?, None);
    Ok(())
}

pub async fn an_update_to_names_of_others_is_refused(subject: &Subject) -> Outcome {
    let (one, two, three) = (user(1), user(2), user(3));
    for user in [&one, &two, &three] {
        add_user(&subject.store, user).await?;
    }
    let (email, username) = (EmailAddress::parse("USER2@example.COM")?, Some(Username::parse("USER2")?));
    let same_username = User { email: email.clone(), ..one.clone() };
    let same_email = User { username: username.clone(), ..one.clone() };
    let both = User { email: email.clone(), username, ..one.clone() };
    let of_two_others = User { email, username: three.username, ..one.clone() };
    for (asked, email, username) in
        [(same_username, true, false), (same_email, false, true), (both, true, true), (of_two_others, true, true)]
    {
        let refused = update(subject, &asked).await;
        let expected = Taken { email, username };
        assert!(matches!(refused, Err(UpdateUserError::Taken(taken)) if taken == expected), "{refused:?}");
        assert_eq!(user_of(subject, one.id).await?.as_ref(), Some(&one));
    }
    Ok(())
}

pub async fn names_may_be_respelt(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    let email = EmailAddress::parse("USER1@EXAMPLE.COM")?;
    let respelt = User { email, username: Some(Username::parse("USER1")?), ..user(1) };
    update(subject, &respelt).await?;
    assert_eq!(user_of(subject, respelt.id).await?, Some(respelt));
    Ok(())
}

pub async fn one_of_two_racing_updates_to_one_name_is_refused(subject: &Subject) -> Outcome {
    for round in 0..10 {
        let users = [user(round * 2), user(round * 2 + 1)];
        for user in &users {
            add_user(&subject.store, user).await?;
        }
        let wanted = user(1_000 + round);
        // An address in one round, a username in the next.
        let renamed = users.clone().map(|user| match round % 2 {
            0 => User { email: wanted.email.clone(), ..user },
            _ => User { username: wanted.username.clone(), ..user },
        });
        let refused = race(subject, 2, |store, n| {
            let mine = renamed[n].clone();
            async move {
                let mut unit = write(&store).await?;
                unit.users().lock(mine.id).await?;
                let updated = unit.users().update(&mine).await;
                if updated.is_ok() {
                    unit.commit().await?;
                }
                Ok(updated.err())
            }
        })
        .await?;
        let refused: Vec<_> = refused.into_iter().flatten().collect();
        let expected = Taken { email: round % 2 == 0, username: round % 2 == 1 };
        assert!(matches!(refused[..], [UpdateUserError::Taken(taken)] if taken == expected), "{refused:?}");
    }
    Ok(())
}

pub async fn nobody_is_changed_who_is_not_there(subject: &Subject) -> Outcome {
    let nobody = user(1);
    let refused = update(subject, &nobody).await;
    assert!(matches!(refused, Err(UpdateUserError::Store(_))), "{refused:?}");
    assert!(write(&subject.store).await?.users().record_login(nobody.id, noon()).await.is_err());
    assert!(write(&subject.store).await?.users().set_password_hash(nobody.id, Some(&password_hash(1))).await.is_err());
    assert!(write(&subject.store).await?.users().delete(nobody.id).await.is_err());
    assert_eq!(user_of(subject, nobody.id).await?, None);
    Ok(())
}

pub async fn a_login_is_noted_and_nothing_else_changes(subject: &Subject) -> Outcome {
    let (user, bystander) = (User { last_login_at: Some(noon()), ..user(1) }, user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &bystander).await?;
    for at in [noon() + Duration::from_micros(1), noon() - Duration::from_secs(1)] {
        let mut unit = write(&subject.store).await?;
        unit.users().lock(user.id).await?;
        unit.users().record_login(user.id, at).await?;
        unit.commit().await?;
        assert_eq!(user_of(subject, user.id).await?, Some(User { last_login_at: Some(at), ..user.clone() }));
    }
    assert_eq!(user_of(subject, bystander.id).await?, Some(bystander));
    Ok(())
}

pub async fn a_password_is_replaced_taken_away_and_given_again(subject: &Subject) -> Outcome {
    let (one, other) = (user(1), user(2));
    add_user(&subject.store, &one).await?;
    add_user(&subject.store, &other).await?;
    for hash in [Some(password_hash(9)), None, None, Some(password_hash(8)), Some(password_hash(8))] {
        let mut unit = write(&subject.store).await?;
        unit.users().lock(one.id).await?;
        unit.users().set_password_hash(one.id, hash.as_ref()).await?;
        unit.commit().await?;
        assert_eq!(hash_of(subject, &one).await?.as_deref(), hash.as_ref().map(PasswordHash::expose));
        assert_eq!(hash_of(subject, &other).await?.as_deref(), Some(password_hash(1).expose()));
    }
    Ok(())
}

pub async fn hashes_that_new_ones_are_not_like_are_listed_by_id(subject: &Subject) -> Outcome {
    let hashes = [
        "$2b$12$abc",
        "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA",
        "$argon2i$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA",
        "$argon2id-over$v=19$2b",
        "$scrypt$ln=1$a$b",
        "argon2id",
        "$pbkdf2-sha256$i=1$a$b",
    ];
    let mut unit = write(&subject.store).await?;
    for (n, hash) in (1..).zip(hashes) {
        let user = User { credential_version: n * 10, ..user(n) };
        unit.users().insert(&user, Some(&PasswordHash::new(hash.to_owned()))).await?;
    }
    unit.users().insert(&user(99), None).await?;
    unit.commit().await?;
    let legacy = [1, 3, 5, 6, 7].map(|n| (user(n).id, n * 10, hashes[n as usize - 1].to_owned()));
    let mut listed = Vec::<(UserId, CredentialVersion, String)>::new();
    for page in [2, 2, 1, 0] {
        let after = listed.last().map(|&(id, ..)| id);
        let found = read(&subject.elsewhere).await?.users().legacy_hashes(after, 2).await?;
        assert_eq!(found.len(), page);
        listed.extend(found.into_iter().map(|(id, version, hash)| (id, version, hash.expose().to_owned())));
    }
    assert_eq!(listed, legacy);
    Ok(())
}

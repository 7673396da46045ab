//! Units of work.

use std::time::Duration;

use tokio::time::timeout;

use super::{Outcome, Subject, add_user, race, read, user_of, write};
use crate::builders::{password_hash, user};

pub async fn a_store_with_its_tables_passes_its_check(subject: &Subject) -> Outcome {
    subject.store.check().await?;
    Ok(subject.elsewhere.check().await?)
}

pub async fn what_was_committed_is_there_for_other_processes(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    assert_eq!(user_of(subject, user.id).await?, Some(user));
    Ok(())
}

pub async fn what_was_dropped_is_gone(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, Some(&password_hash(1))).await?;
    assert!(unit.users().find(user.id).await?.is_some(), "the unit sees what it wrote");
    drop(unit);
    assert_eq!(user_of(subject, user.id).await?, None);
    add_user(&subject.store, &user).await
}

pub async fn nobody_sees_what_has_not_been_committed(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, Some(&password_hash(1))).await?;
    assert_eq!(user_of(subject, user.id).await?, None);
    assert_eq!(read(&subject.store).await?.users().find(user.id).await?, None);
    unit.commit().await?;
    assert_eq!(user_of(subject, user.id).await?, Some(user));
    Ok(())
}

pub async fn a_unit_begun_for_reading_writes_nothing(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut unit = read(&subject.store).await?;
    assert!(unit.users().insert(&user, Some(&password_hash(1))).await.is_err());
    assert!(unit.users().lock(user.id).await.is_err());
    unit.commit().await?;
    assert_eq!(user_of(subject, user.id).await?, None);
    Ok(())
}

pub async fn a_full_store_refuses_a_unit_within_seconds(subject: &Subject) -> Outcome {
    /// More than any store under test lets write at once.
    const UNITS: usize = 100;
    let mut units = Vec::new();
    while units.len() < UNITS {
        match timeout(Duration::from_secs(10), write(&subject.store)).await? {
            Ok(unit) => units.push(unit),
            Err(_) => break,
        }
    }
    assert!(!units.is_empty() && units.len() < UNITS, "{} units began", units.len());
    drop(units);
    add_user(&subject.store, &user(1)).await
}

pub async fn sixteen_writers_of_one_user_run_one_after_the_other(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let id = user.id;
    race(subject, 16, |store, _| async move {
        for _ in 0..10 {
            let mut unit = write(&store).await?;
            let mut user = unit.users().lock(id).await?.ok_or("the user is there")?;
            user.epoch += 1;
            unit.users().update(&user).await?;
            unit.commit().await?;
        }
        Ok(())
    })
    .await?;
    assert_eq!(user_of(subject, id).await?.map(|user| user.epoch), Some(16 * 10));
    Ok(())
}

pub async fn sixty_four_writers_of_different_users_all_write(subject: &Subject) -> Outcome {
    race(subject, 64, |store, n| async move {
        for round in 0..5 {
            let user = user(u32::try_from(n * 5 + round)?);
            add_user(&store, &user).await?;
        }
        Ok(())
    })
    .await?;
    for n in 0..64 * 5 {
        let user = user(n);
        assert_eq!(user_of(subject, user.id).await?, Some(user));
    }
    Ok(())
}

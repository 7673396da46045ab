//! One-time tokens.

use std::time::Duration;

use doorward_application::ports::StoreError;
use doorward_domain::{Digest, Timestamp, token::OneTimeToken, user::EmailAddress};

use super::{Outcome, Subject, add_user, race, write};
use crate::builders::{noon, one_time_token, user};

/// Adds a user and a token.
async fn add(subject: &Subject) -> Result<OneTimeToken, Box<dyn std::error::Error + Send + Sync>> {
    let user = user(1);
    let token = OneTimeToken { address: EmailAddress::parse("Another@BÜCHER.example")?, ..one_time_token(&user, 1) };
    add_user(&subject.store, &user).await?;
    let mut unit = write(&subject.store).await?;
    unit.one_time_tokens().insert(&token).await?;
    unit.commit().await?;
    Ok(token)
}

/// Consumes and commits.
async fn consume(
    subject: &Subject,
    token: &OneTimeToken,
    digest: &Digest,
    now: Timestamp,
) -> Result<Option<OneTimeToken>, StoreError> {
    let mut unit = write(&subject.elsewhere).await?;
    let consumed = unit.one_time_tokens().consume(token.purpose, digest, now).await?;
    unit.commit().await?;
    Ok(consumed)
}

pub async fn a_one_time_token_is_consumed_once_and_as_written(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    assert_eq!(consume(subject, &token, &token.digest, noon()).await?, Some(token.clone()));
    assert_eq!(consume(subject, &token, &token.digest, noon()).await?, None);
    Ok(())
}

pub async fn a_one_time_token_is_not_consumed_by_another_digest(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    assert_eq!(consume(subject, &token, &Digest::of(b"another"), noon()).await?, None);
    assert_eq!(consume(subject, &token, &token.digest, noon()).await?, Some(token.clone()));
    Ok(())
}

pub async fn a_one_time_token_is_not_consumed_after_its_time(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    assert_eq!(consume(subject, &token, &token.digest, token.expires_at).await?, None);
    let last = token.expires_at - Duration::from_micros(1);
    assert_eq!(consume(subject, &token, &token.digest, last).await?, Some(token.clone()));
    Ok(())
}

pub async fn a_dropped_consumption_uses_nothing_up(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    let mut unit = write(&subject.store).await?;
    assert!(unit.one_time_tokens().consume(token.purpose, &token.digest, noon()).await?.is_some());
    drop(unit);
    assert_eq!(consume(subject, &token, &token.digest, noon()).await?, Some(token.clone()));
    Ok(())
}

pub async fn one_of_sixteen_racing_consumptions_succeeds(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    let (purpose, digest) = (token.purpose, token.digest);
    let consumed = race(subject, 16, |store, _| async move {
        let mut unit = write(&store).await?;
        let consumed = unit.one_time_tokens().consume(purpose, &digest, noon()).await?;
        unit.commit().await?;
        Ok(consumed)
    })
    .await?;
    assert_eq!(consumed.into_iter().flatten().collect::<Vec<_>>(), [token]);
    Ok(())
}

pub async fn a_one_time_token_is_not_there_without_its_user(subject: &Subject) -> Outcome {
    let token = one_time_token(&user(1), 1);
    let mut unit = write(&subject.store).await?;
    assert!(unit.one_time_tokens().insert(&token).await.is_err());
    drop(unit);
    assert_eq!(consume(subject, &token, &token.digest, noon()).await?, None);
    Ok(())
}

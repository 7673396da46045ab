//! One-time tokens.

use std::{error::Error, time::Duration};

use doorward_application::ports::StoreError;
use doorward_domain::{
    Digest, OneTimeTokenId, Timestamp,
    token::{OneTimePurpose, OneTimeToken},
    user::{EmailAddress, User},
};

use super::{Outcome, Subject, add_user, race, read, write};
use crate::builders::{noon, one_time_token, user};

/// Adds a user and a token.
async fn add(subject: &Subject) -> Result<OneTimeToken, Box<dyn Error + Send + Sync>> {
    let user = user(1);
    let token = OneTimeToken { address: EmailAddress::parse("Another@BÜCHER.example")?, ..one_time_token(&user, 1) };
    add_user(&subject.store, &user).await?;
    add_tokens(subject, [&token]).await?;
    Ok(token)
}

async fn add_tokens(subject: &Subject, tokens: impl IntoIterator<Item = &OneTimeToken>) -> Outcome {
    let mut unit = write(&subject.store).await?;
    for token in tokens {
        unit.one_time_tokens().insert(token).await?;
    }
    Ok(unit.commit().await?)
}

/// As another process finds it.
async fn find(
    subject: &Subject,
    purpose: OneTimePurpose,
    digest: &Digest,
    now: Timestamp,
) -> Result<Option<OneTimeToken>, StoreError> {
    read(&subject.elsewhere).await?.one_time_tokens().find(purpose, digest, now).await
}

async fn is_there(subject: &Subject, token: &OneTimeToken) -> Result<bool, StoreError> {
    Ok(find(subject, token.purpose, &token.digest, noon()).await?.is_some())
}

/// Consumes and commits.
async fn consume(subject: &Subject, id: OneTimeTokenId) -> Result<bool, StoreError> {
    let mut unit = write(&subject.elsewhere).await?;
    let consumed = unit.one_time_tokens().consume(id, noon()).await?;
    unit.commit().await?;
    Ok(consumed)
}

pub async fn a_one_time_token_is_found_as_written(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    for (n, purpose) in (1..).zip(OneTimePurpose::ALL) {
        let token = OneTimeToken {
            purpose,
            address: EmailAddress::parse("Another@BÜCHER.example")?,
            created_at: noon() - Duration::from_micros(n.into()),
            expires_at: noon() + Duration::from_micros(u64::from(n) * 1_000),
            ..one_time_token(&user, n)
        };
        add_tokens(subject, [&token]).await?;
        for asked in OneTimePurpose::ALL {
            let found = find(subject, asked, &token.digest, noon()).await?;
            assert_eq!(found, (asked == purpose).then(|| token.clone()), "{asked:?} of {purpose:?}");
        }
    }
    assert_eq!(find(subject, OneTimePurpose::VerifyEmail, &Digest::of(b"another"), noon()).await?, None);
    Ok(())
}

pub async fn a_one_time_token_is_found_until_the_very_microsecond_of_its_end(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    assert_eq!(find(subject, token.purpose, &token.digest, token.expires_at).await?, None);
    let last = token.expires_at - Duration::from_micros(1);
    assert_eq!(find(subject, token.purpose, &token.digest, last).await?, Some(token));
    Ok(())
}

pub async fn a_one_time_token_is_consumed_once_and_then_found_no_more(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    let bystander = one_time_token(&user(1), 2);
    add_tokens(subject, [&bystander]).await?;
    assert!(consume(subject, token.id).await?);
    assert!(!is_there(subject, &token).await?);
    assert!(!consume(subject, token.id).await?);
    assert!(is_there(subject, &bystander).await?);
    assert!(!consume(subject, one_time_token(&user(1), 3).id).await?, "there is no such token");
    Ok(())
}

pub async fn a_dropped_consumption_uses_nothing_up(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    let mut unit = write(&subject.store).await?;
    assert!(unit.one_time_tokens().consume(token.id, noon()).await?);
    drop(unit);
    assert!(is_there(subject, &token).await?);
    assert!(consume(subject, token.id).await?);
    Ok(())
}

pub async fn one_of_twenty_racing_consumptions_succeeds(subject: &Subject) -> Outcome {
    let token = add(subject).await?;
    let consumed = race(subject, 20, |store, n| async move {
        let mut unit = write(&store).await?;
        // Those of the second half do not take the user's lock: the update alone decides.
        if n < 10 {
            unit.users().lock(token.user_id).await?;
        }
        let consumed = unit.one_time_tokens().consume(token.id, noon()).await?;
        unit.commit().await?;
        Ok(consumed)
    })
    .await?;
    assert_eq!(consumed.into_iter().filter(|&consumed| consumed).count(), 1);
    Ok(())
}

pub async fn discarded_one_time_tokens_are_found_by_nobody(subject: &Subject) -> Outcome {
    let (user, other) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    add_user(&subject.store, &other).await?;
    let token = |user: &User, n, purpose| OneTimeToken { purpose, ..one_time_token(user, n) };
    let pending = [
        token(&user, 1, OneTimePurpose::VerifyEmail),
        token(&user, 2, OneTimePurpose::ResetPassword),
        token(&user, 3, OneTimePurpose::ConfirmEmail),
        token(&user, 4, OneTimePurpose::ResetPassword),
    ];
    let stay = [
        token(&user, 5, OneTimePurpose::UndoEmailChange),
        token(&user, 6, OneTimePurpose::Disown),
        token(&other, 7, OneTimePurpose::ResetPassword),
    ];
    add_tokens(subject, pending.iter().chain(&stay)).await?;
    let mut unit = write(&subject.store).await?;
    unit.one_time_tokens().discard(user.id, &[], None).await?;
    unit.commit().await?;
    assert!(is_there(subject, &pending[0]).await?, "nothing was asked for");

    let mut unit = write(&subject.store).await?;
    unit.one_time_tokens().discard(user.id, &OneTimePurpose::PENDING, None).await?;
    unit.commit().await?;
    for token in &pending {
        assert!(!is_there(subject, token).await?, "{:?}", token.purpose);
        assert!(!consume(subject, token.id).await?, "{:?}", token.purpose);
    }
    for token in &stay {
        assert!(is_there(subject, token).await?, "{:?}", token.purpose);
    }
    Ok(())
}

pub async fn only_one_time_tokens_that_are_not_older_are_discarded(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let tokens: Vec<_> = (1..=5)
        .map(|n| OneTimeToken { purpose: OneTimePurpose::UndoEmailChange, ..one_time_token(&user, n) })
        .collect();
    add_tokens(subject, tokens.iter().rev()).await?;
    let mut unit = write(&subject.store).await?;
    unit.one_time_tokens().discard(user.id, &[OneTimePurpose::UndoEmailChange], Some(tokens[2].id)).await?;
    unit.commit().await?;
    for (n, token) in tokens.iter().enumerate() {
        assert_eq!(is_there(subject, token).await?, n < 2, "token {n}");
    }
    Ok(())
}

pub async fn one_time_tokens_are_forgotten_when_their_time_is_over_and_no_more_than_asked(
    subject: &Subject,
) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &user).await?;
    let at = |micros| noon() + Duration::from_micros(micros);
    let tokens: Vec<_> =
        (1..=5).map(|n| OneTimeToken { expires_at: at(n.into()), ..one_time_token(&user, n) }).collect();
    add_tokens(subject, &tokens).await?;
    assert!(consume(subject, tokens[4].id).await?, "what was used is kept until its time is over, too");
    for (micros, limit, purged, remaining) in [(0, 9, 0, 4), (2, 1, 1, 3), (2, 9, 1, 2), (2, 9, 0, 2), (4, 9, 2, 0)] {
        let mut unit = write(&subject.store).await?;
        assert_eq!(unit.one_time_tokens().purge(at(micros), limit).await?, purged, "at {micros} µs, at most {limit}");
        unit.commit().await?;
        let mut left = 0;
        for token in &tokens {
            left += usize::from(is_there(subject, token).await?);
        }
        assert_eq!(left, remaining, "at {micros} µs, at most {limit}");
    }
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.one_time_tokens().purge(at(5), 9).await?, 1);
    Ok(())
}

pub async fn a_one_time_token_is_not_there_without_its_user(subject: &Subject) -> Outcome {
    let token = one_time_token(&user(1), 1);
    let mut unit = write(&subject.store).await?;
    assert!(unit.one_time_tokens().insert(&token).await.is_err());
    drop(unit);
    assert!(!is_there(subject, &token).await?);
    Ok(())
}

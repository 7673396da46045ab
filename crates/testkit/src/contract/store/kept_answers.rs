//! Answers that are given once more.

use std::time::Duration;

use doorward_application::ports::{Claim, Claimed, StoreError};
use doorward_domain::{Digest, Secret, Timestamp};
use uuid::Uuid;

use super::{Outcome, Subject, add_user, delete_user, write};
use crate::builders::{claim as a_claim, noon, user};

const MICROSECOND: Duration = Duration::from_micros(1);

/// What became of a claim, to compare it.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Ours,
    Held { same_request: bool },
    Answered { same_request: bool, answer: Vec<u8> },
}

const HELD: Told = Told::Held { same_request: true };

/// The first claim's key, wanted by another for the same request.
fn another() -> Claim {
    Claim { holder: Uuid::from_u128(2), ..a_claim(1) }
}

fn answered(answer: &[u8]) -> Told {
    Told::Answered { same_request: true, answer: answer.to_vec() }
}

/// Claims and commits.
async fn claim(subject: &Subject, claim: &Claim, now: Timestamp) -> Result<Told, StoreError> {
    let mut unit = write(&subject.elsewhere).await?;
    let claimed = unit.kept_answers().claim(claim, now).await?;
    unit.commit().await?;
    Ok(match claimed {
        Claimed::Ours => Told::Ours,
        Claimed::Held { same_request } => Told::Held { same_request },
        Claimed::Answered { same_request, answer } => Told::Answered { same_request, answer: answer.expose().clone() },
    })
}

/// Keeps and commits.
async fn keep(subject: &Subject, claim: &Claim, answer: &[u8]) -> Result<bool, StoreError> {
    let mut unit = write(&subject.store).await?;
    let kept = unit.kept_answers().keep(&claim.key, claim.holder, &Secret::new(answer.to_vec())).await?;
    unit.commit().await?;
    Ok(kept)
}

/// Releases and commits.
async fn release(subject: &Subject, claim: &Claim) -> Outcome {
    let mut unit = write(&subject.store).await?;
    unit.kept_answers().release(&claim.key, claim.holder).await?;
    Ok(unit.commit().await?)
}

pub async fn a_key_is_claimed_by_one_request_at_a_time(subject: &Subject) -> Outcome {
    assert_eq!(claim(subject, &a_claim(1), noon()).await?, Told::Ours);
    assert_eq!(claim(subject, &another(), noon()).await?, HELD);
    assert_eq!(claim(subject, &a_claim(1), noon()).await?, HELD, "not even its own holder gets it twice");
    assert_eq!(claim(subject, &a_claim(2), noon()).await?, Told::Ours, "another key is free");
    Ok(())
}

pub async fn a_claim_says_whether_the_key_is_of_the_same_request(subject: &Subject) -> Outcome {
    let other = Claim { request: Digest::of(b"another request"), ..another() };
    claim(subject, &a_claim(1), noon()).await?;
    assert_eq!(claim(subject, &other, noon()).await?, Told::Held { same_request: false });
    keep(subject, &a_claim(1), b"done").await?;
    let answer = b"done".to_vec();
    assert_eq!(claim(subject, &other, noon()).await?, Told::Answered { same_request: false, answer });
    Ok(())
}

pub async fn an_answer_is_read_as_written(subject: &Subject) -> Outcome {
    let large = vec![0xa5; 100_000];
    for (n, answer) in (1..).zip([b"".as_slice(), b"{\"success\":true}", b"\0\xff\xfe", &large]) {
        let first = a_claim(n);
        assert_eq!(claim(subject, &first, noon()).await?, Told::Ours);
        assert!(keep(subject, &first, answer).await?);
        for _ in 0..2 {
            assert_eq!(claim(subject, &first, noon()).await?, answered(answer));
        }
    }
    Ok(())
}

pub async fn nothing_of_an_answer_can_be_read_at_rest(subject: &Subject) -> Outcome {
    claim(subject, &a_claim(1), noon()).await?;
    keep(subject, &a_claim(1), b"readable").await?;
    let rows = (subject.at_rest)("kept_answers").await;
    assert_eq!(rows.len(), 1);
    assert!(rows.iter().all(|bytes| !String::from_utf8_lossy(bytes).contains("readable")));
    Ok(())
}

pub async fn a_dropped_claim_takes_nothing(subject: &Subject) -> Outcome {
    let mut unit = write(&subject.store).await?;
    assert!(matches!(unit.kept_answers().claim(&a_claim(1), noon()).await?, Claimed::Ours));
    drop(unit);
    assert_eq!(claim(subject, &another(), noon()).await?, Told::Ours);
    Ok(())
}

pub async fn a_key_whose_holders_time_is_over_is_taken_over(subject: &Subject) -> Outcome {
    let first = a_claim(1);
    claim(subject, &first, noon()).await?;
    assert_eq!(claim(subject, &another(), first.held_until - MICROSECOND).await?, HELD);
    let later = first.held_until;
    let second = Claim { request: Digest::of(b"another request"), held_until: later + MICROSECOND, ..another() };
    assert_eq!(claim(subject, &second, later).await?, Told::Ours);
    assert_eq!(claim(subject, &first, later).await?, Told::Held { same_request: false }, "it is of the other request");
    assert!(!keep(subject, &first, b"too late").await?);
    release(subject, &first).await?;
    assert!(keep(subject, &second, b"done").await?);
    let answer = b"done".to_vec();
    assert_eq!(claim(subject, &first, later).await?, Told::Answered { same_request: false, answer });
    Ok(())
}

pub async fn an_answer_is_kept_until_the_very_microsecond_of_its_end(subject: &Subject) -> Outcome {
    let first = a_claim(1);
    claim(subject, &first, noon()).await?;
    assert!(keep(subject, &first, b"done").await?);
    let last = first.kept_until - MICROSECOND;
    assert_eq!(
        claim(subject, &another(), last).await?,
        answered(b"done"),
        "the holder's time does not matter any more"
    );
    let later = first.kept_until;
    let second = Claim { held_until: later + MICROSECOND, kept_until: later + Duration::from_hours(1), ..another() };
    assert_eq!(claim(subject, &second, later).await?, Told::Ours);
    assert_eq!(claim(subject, &first, later).await?, HELD, "the old answer is gone");
    Ok(())
}

pub async fn a_key_whose_time_is_over_is_taken_from_its_holder(subject: &Subject) -> Outcome {
    let first = Claim { kept_until: noon() + MICROSECOND, ..a_claim(1) };
    claim(subject, &first, noon()).await?;
    assert_eq!(claim(subject, &another(), noon()).await?, HELD);
    assert_eq!(claim(subject, &another(), first.kept_until).await?, Told::Ours);
    Ok(())
}

pub async fn an_answer_is_kept_once_and_by_the_holder_alone(subject: &Subject) -> Outcome {
    assert!(!keep(subject, &a_claim(1), b"never claimed").await?);
    claim(subject, &a_claim(1), noon()).await?;
    assert!(!keep(subject, &another(), b"not the holder's").await?);
    assert!(keep(subject, &a_claim(1), b"done").await?);
    assert!(!keep(subject, &a_claim(1), b"done twice").await?);
    assert_eq!(claim(subject, &another(), noon()).await?, answered(b"done"));
    Ok(())
}

pub async fn a_key_is_given_up_by_its_holder_alone_and_only_without_an_answer(subject: &Subject) -> Outcome {
    claim(subject, &a_claim(1), noon()).await?;
    release(subject, &another()).await?;
    assert_eq!(claim(subject, &another(), noon()).await?, HELD);
    release(subject, &a_claim(1)).await?;
    assert_eq!(claim(subject, &another(), noon()).await?, Told::Ours);
    keep(subject, &another(), b"done").await?;
    release(subject, &another()).await?;
    assert_eq!(claim(subject, &a_claim(1), noon()).await?, answered(b"done"));
    Ok(())
}

pub async fn what_is_kept_for_a_user_goes_with_the_user(subject: &Subject) -> Outcome {
    add_user(&subject.store, &user(1)).await?;
    let of_user = |n| Claim { user_id: Some(user(1).id), ..a_claim(n) };
    for claimed in [of_user(1), of_user(2), a_claim(3)] {
        assert_eq!(claim(subject, &claimed, noon()).await?, Told::Ours);
    }
    keep(subject, &of_user(2), b"done").await?;
    delete_user(&subject.store, user(1).id).await?;
    assert_eq!(claim(subject, &a_claim(1), noon()).await?, Told::Ours);
    assert_eq!(claim(subject, &a_claim(2), noon()).await?, Told::Ours);
    assert_eq!(claim(subject, &a_claim(3), noon()).await?, HELD);
    Ok(())
}

pub async fn nothing_is_kept_for_a_user_who_is_not_there(subject: &Subject) -> Outcome {
    let of_nobody = Claim { user_id: Some(user(1).id), ..a_claim(1) };
    assert!(claim(subject, &of_nobody, noon()).await.is_err());
    assert_eq!(claim(subject, &a_claim(1), noon()).await?, Told::Ours);
    Ok(())
}

pub async fn answers_whose_time_is_over_are_purged_so_many_at_a_time(subject: &Subject) -> Outcome {
    let over = |n| Claim { kept_until: noon() + MICROSECOND, ..a_claim(n) };
    for claimed in [over(1), over(2), over(3), a_claim(4)] {
        claim(subject, &claimed, noon()).await?;
    }
    keep(subject, &over(1), b"done").await?;
    keep(subject, &a_claim(4), b"done").await?;
    let mut unit = write(&subject.store).await?;
    assert_eq!(unit.kept_answers().purge(noon(), 9).await?, 0);
    let later = noon() + MICROSECOND;
    assert_eq!(unit.kept_answers().purge(later, 2).await?, 2);
    assert_eq!(unit.kept_answers().purge(later, 2).await?, 1);
    assert_eq!(unit.kept_answers().purge(later, 2).await?, 0);
    unit.commit().await?;
    assert_eq!(claim(subject, &a_claim(4), noon()).await?, answered(b"done"));
    Ok(())
}

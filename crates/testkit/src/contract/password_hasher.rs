//! The contract of the [`PasswordHasher`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use doorward_application::ports::{HashError, PasswordHasher, Verdict};
use doorward_domain::user::{Password, PasswordHash};

/// A hasher, and what it takes to try it.
pub struct Subject {
    /// The hasher.
    pub hasher: Box<dyn PasswordHasher>,
    /// Another of the same kind, whose hashes are weaker.
    pub weaker: Box<dyn PasswordHasher>,
    /// More hashes than the hasher takes on at once.
    pub crowd: usize,
}

/// Makes one test of each sentence of the contract, in the module that it stands in. The argument makes the
/// [`Subject`]. Needs `tokio` with `macros` and `rt`.
#[macro_export]
macro_rules! password_hasher_contract {
    ($subject:expr) => {
        $crate::password_hasher_contract! { @each $subject;
            two_hashes_of_one_password_differ
            a_password_matches_its_own_hash_and_no_other_does
            a_hash_made_now_needs_no_rehash
            a_weaker_hash_matches_and_asks_for_a_rehash
            a_malformed_hash_is_a_mismatch
            a_hash_that_asks_for_too_much_is_a_mismatch
            what_cannot_run_soon_is_refused
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[::tokio::test]
            async fn $sentence() {
                $crate::contract::password_hasher::$sentence(&$subject).await;
            }
        )*
    };
}

pub async fn two_hashes_of_one_password_differ(subject: &Subject) {
    let (one, other) = (hash(subject, "correct horse").await, hash(subject, "correct horse").await);
    assert_ne!(one.expose(), other.expose());
}

pub async fn a_password_matches_its_own_hash_and_no_other_does(subject: &Subject) {
    let long = "x".repeat(Password::MAX - 1);
    for (own, others) in [
        ("correct horse", vec!["Correct horse", "correct horse ", "correct hors", "correct\0horse", "x"]),
        ("a", vec!["b", "a\0", "a\0a", "aa"]),
        ("a\0b", vec!["a", "a\0c", "a\0"]),
        (&format!("{long}y"), vec![&format!("{long}z"), &long]),
        ("pässwörd", vec!["password", "pässword"]),
    ] {
        let stored = hash(subject, own).await;
        assert!(matches!(verify(subject, own, stored.expose()).await, Verdict::Match { .. }), "{own:?}");
        for other in others {
            assert_eq!(verify(subject, other, stored.expose()).await, Verdict::Mismatch, "{own:?} {other:?}");
        }
    }
}

pub async fn a_hash_made_now_needs_no_rehash(subject: &Subject) {
    let stored = hash(subject, "correct horse").await;
    assert_eq!(verify(subject, "correct horse", stored.expose()).await, Verdict::Match { rehash: false });
}

pub async fn a_weaker_hash_matches_and_asks_for_a_rehash(subject: &Subject) {
    let stored = subject.weaker.hash(&password("correct horse")).await.expect("the weaker one hashes");
    assert_eq!(verify(subject, "correct horse", stored.expose()).await, Verdict::Match { rehash: true });
    assert_eq!(verify(subject, "wrong horse", stored.expose()).await, Verdict::Mismatch);
}

pub async fn a_malformed_hash_is_a_mismatch(subject: &Subject) {
    let stored = hash(subject, "correct horse").await;
    let stored = stored.expose();
    for end in (0..stored.len()).filter(|end| stored.is_char_boundary(*end)) {
        assert_eq!(verify(subject, "correct horse", &stored[..end]).await, Verdict::Mismatch, "{end}");
    }
    for broken in [
        "correct horse",
        "$",
        "$$$$$$",
        "\0",
        "é",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$argon2id$v=19$m=8,t=1,p=1$$",
        "$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=-8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2x$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$2b$",
        "$2b$10$é",
        "$2b$xx$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$1$salt$hash",
    ] {
        assert_eq!(verify(subject, "correct horse", broken).await, Verdict::Mismatch, "{broken:?}");
    }
}

pub async fn a_hash_that_asks_for_too_much_is_a_mismatch(subject: &Subject) {
    for parameters in [
        "m=262145,t=1,p=1",
        "m=4294967295,t=1,p=1",
        "m=99999999999,t=1,p=1",
        "m=8,t=21,p=1",
        "m=8,t=4294967295,p=1",
        "m=136,t=1,p=17",
        "m=134217720,t=1,p=16777215",
    ] {
        let stored = format!("$argon2id$v=19${parameters}$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA");
        assert_eq!(verify(subject, "correct horse", &stored).await, Verdict::Mismatch, "{stored}");
    }
    let stored = "$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    assert_eq!(verify(subject, "correct horse", stored).await, Verdict::Mismatch);
}

pub async fn what_cannot_run_soon_is_refused(subject: &Subject) {
    let password = password("correct horse");
    let mut context = Context::from_waker(Waker::noop());
    let mut taken_on = Vec::new();
    let mut refused = 0;
    for _ in 0..subject.crowd {
        let mut hashing = subject.hasher.hash(&password);
        match hashing.as_mut().poll(&mut context) {
            Poll::Ready(Err(HashError::Overloaded)) => refused += 1,
            Poll::Ready(Err(other)) => panic!("{other}"),
            Poll::Ready(Ok(_)) => {}
            Poll::Pending => taken_on.push(hashing),
        }
    }
    assert!(refused > 0, "everyone was let in");
    let first = taken_on.drain(..).next().expect("someone was let in");
    assert!(pin!(first).await.is_ok(), "who was let in is served");
}

fn password(text: &str) -> Password {
    Password::parse(text).expect("the text can be a password")
}

async fn hash(subject: &Subject, text: &str) -> PasswordHash {
    subject.hasher.hash(&password(text)).await.expect("the hasher hashes")
}

async fn verify(subject: &Subject, text: &str, stored: &str) -> Verdict {
    let stored = PasswordHash::new(stored.to_owned());
    subject.hasher.verify(&password(text), &stored).await.expect("the hasher compares")
}

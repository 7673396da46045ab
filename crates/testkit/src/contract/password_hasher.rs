//! The contract of the [`PasswordHasher`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use doorward_application::ports::{HashError, PasswordHasher, Verdict};
use doorward_domain::user::{Password, PasswordHash};

/// What the imported hashes of a [`Subject`] are of.
pub const PASSWORD: &str = "correct horse";

/// A hasher, and what it takes to try it.
pub struct Subject {
    /// The hasher.
    pub hasher: Box<dyn PasswordHasher>,
    /// Another of the same kind, whose hashes are weaker.
    pub weaker: Box<dyn PasswordHasher>,
    /// Hashes of [`PASSWORD`], one of each other kind that the hasher verifies.
    pub imported: Vec<PasswordHash>,
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
            what_is_recognised_can_be_verified
            an_imported_hash_matches_and_asks_for_a_rehash
            a_wrapped_hash_matches_and_asks_for_a_rehash
            a_wrapped_hash_holds_no_inner_one_and_is_salted
            a_broken_wrapped_hash_is_a_mismatch
            what_is_made_now_can_be_told_by_its_beginning
            what_is_of_now_or_wrapped_or_broken_is_not_wrapped
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
    let own = hash(subject, PASSWORD).await;
    for stored in subject.imported.iter().chain([&own]) {
        is_broken_when_cut(subject, stored.expose()).await;
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
        "$scrypt$",
        "$scrypt$ln=4,r=8$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$scrypt$ln=4,r=0,p=1$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$pbkdf2-sha256$i=1,l=32$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$pbkdf2-sha256$i=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$pbkdf2-md5$i=1,l=16$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "pbkdf2_sha256$1$salt$",
        "$argon2id-over:",
        "$argon2id-over:23:$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
    ] {
        is_unusable(subject, broken).await;
    }
}

pub async fn a_hash_that_asks_for_too_much_is_a_mismatch(subject: &Subject) {
    for stored in [
        "$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=8,t=21,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=136,t=1,p=17$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id$v=19$m=134217720,t=1,p=16777215$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$scrypt$ln=19,r=8,p=1$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$scrypt$ln=63,r=8,p=1$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$scrypt$ln=1,r=4294967295,p=4294967295$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$scrypt$ln=4,r=8,p=4294967295$c29tZXNhbHRzYWx0$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
        "$pbkdf2-sha256$i=10000001,l=16$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$pbkdf2-sha512$i=4294967295,l=16$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "pbkdf2_sha256$10000001$salt$qHqF3aHs5DC5mVUDp/aqcd4yd2h80uFUdGMJPYBTGHE=",
        "$argon2id-over:23:$2b$31$N9qo8uLOickgx2ZMRZoMye$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
        "$argon2id-over:64:$2b$04$N9qo8uLOickgx2ZMRZoMye$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$RdescudvJCsgt3ub+b0mWA",
    ] {
        is_unusable(subject, stored).await;
    }
}

pub async fn what_is_recognised_can_be_verified(subject: &Subject) {
    let own = hash(subject, PASSWORD).await;
    for stored in subject.imported.iter().chain([&own]) {
        let wrapped = wrap(subject, stored).await;
        for stored in wrapped.iter().chain([stored]) {
            let text = stored.expose();
            assert_eq!(subject.hasher.recognise(stored), Ok(()), "{text}");
            assert!(matches!(verify(subject, PASSWORD, text).await, Verdict::Match { .. }), "{text}");
        }
    }
}

pub async fn an_imported_hash_matches_and_asks_for_a_rehash(subject: &Subject) {
    assert!(!subject.imported.is_empty());
    for stored in &subject.imported {
        asks_for_a_rehash(subject, stored.expose()).await;
    }
}

pub async fn a_wrapped_hash_matches_and_asks_for_a_rehash(subject: &Subject) {
    for stored in &subject.imported {
        let wrapped = wrap(subject, stored).await.expect("what was imported can be wrapped");
        asks_for_a_rehash(subject, wrapped.expose()).await;
    }
}

pub async fn a_wrapped_hash_holds_no_inner_one_and_is_salted(subject: &Subject) {
    for stored in &subject.imported {
        let (one, other) = (wrap(subject, stored).await, wrap(subject, stored).await);
        let [one, other] = [one, other].map(|wrapped| wrapped.expect("what was imported can be wrapped"));
        assert_ne!(one.expose(), other.expose());
        let inner = stored.expose();
        let (_, end) = inner.split_at(inner.len() - 20);
        assert!(!one.expose().contains(end), "{inner} {}", one.expose());
    }
}

pub async fn a_broken_wrapped_hash_is_a_mismatch(subject: &Subject) {
    for stored in &subject.imported {
        let wrapped = wrap(subject, stored).await.expect("what was imported can be wrapped");
        is_broken_when_cut(subject, wrapped.expose()).await;
    }
}

pub async fn what_is_made_now_can_be_told_by_its_beginning(subject: &Subject) {
    let begins = |hash: &PasswordHash| hash.expose().starts_with("$argon2id");
    assert!(begins(&hash(subject, PASSWORD).await));
    for stored in &subject.imported {
        assert!(!begins(stored), "{}", stored.expose());
        assert!(wrap(subject, stored).await.is_some_and(|wrapped| begins(&wrapped)), "{}", stored.expose());
    }
}

pub async fn what_is_of_now_or_wrapped_or_broken_is_not_wrapped(subject: &Subject) {
    let mut others = vec![hash(subject, PASSWORD).await, PasswordHash::new("$2b$".to_owned())];
    others.push(subject.weaker.hash(&password(PASSWORD)).await.expect("the weaker one hashes"));
    for stored in &subject.imported {
        others.extend(wrap(subject, stored).await);
    }
    for stored in others {
        assert!(wrap(subject, &stored).await.is_none(), "{}", stored.expose());
    }
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

async fn wrap(subject: &Subject, stored: &PasswordHash) -> Option<PasswordHash> {
    subject.hasher.wrap(stored).await.expect("the hasher wraps")
}

async fn asks_for_a_rehash(subject: &Subject, stored: &str) {
    assert_eq!(verify(subject, PASSWORD, stored).await, Verdict::Match { rehash: true }, "{stored}");
    for other in ["wrong horse", "Correct horse", "correct hors", "correct horse\0", "x"] {
        assert_eq!(verify(subject, other, stored).await, Verdict::Mismatch, "{other:?} {stored}");
    }
}

async fn is_unusable(subject: &Subject, stored: &str) {
    assert_eq!(verify(subject, PASSWORD, stored).await, Verdict::Mismatch, "{stored:?}");
    assert!(subject.hasher.recognise(&PasswordHash::new(stored.to_owned())).is_err(), "{stored:?}");
}

async fn is_broken_when_cut(subject: &Subject, stored: &str) {
    for end in (0..stored.len()).filter(|end| stored.is_char_boundary(*end)) {
        assert_eq!(verify(subject, PASSWORD, &stored[..end]).await, Verdict::Mismatch, "{}", &stored[..end]);
    }
}

//! Which key signs, and which verify.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::time::Duration;

use doorward_application::ports::{StoredSigningKey, VerifyError};
use doorward_domain::{
    Timestamp,
    key::{KeyMoments, SigningKey},
    token::AccessClaims,
};

use super::{
    Subject, claims, genuine,
    members::{decode, get},
    now, pages, parts,
};

const LATER: Duration = Duration::from_mins(2);

/// The key of this number, which is published from now on and signs after a while, and whatever else becomes of it.
fn key(subject: &Subject, n: usize, signs_after: Duration, change: impl FnOnce(&mut KeyMoments)) -> StoredSigningKey {
    let made = &subject.keys[n];
    let mut moments =
        KeyMoments { published_at: now(), signs_from: now() + signs_after, revoked_at: None, retired_at: None };
    change(&mut moments);
    let key =
        SigningKey::stored(made.id.clone(), subject.algorithm.to_owned(), moments).expect("it is published first");
    let sealed = key.holds().then(|| made.sealed.clone());
    StoredSigningKey { key, sealed }
}

fn whole(_: &mut KeyMoments) {}

fn revoked(moments: &mut KeyMoments) {
    moments.revoked_at = Some(now() + LATER);
}

fn renew(subject: &Subject, keys: &[StoredSigningKey]) {
    subject.keyless.renew(keys).expect("the keys can be used");
}

/// The claims of a token that is issued at this moment.
fn claims_at(subject: &Subject, at: Timestamp) -> AccessClaims {
    AccessClaims { issued_at: at, expires_at: at + subject.access_ttl, ..claims(subject) }
}

/// A token that is signed at a moment, and its key's id.
fn sign_at(subject: &Subject, at: Timestamp) -> (String, String) {
    let token = subject.keyless.sign(&claims_at(subject, at), at).expect("there is a key").into_inner();
    let [header, ..] = parts(&token);
    let kid = get(&decode(header), "kid").as_str().expect("kid is a string").to_owned();
    (token, kid)
}

fn published(subject: &Subject) -> Vec<String> {
    subject.keyless.public_keys().into_iter().map(|key| key.id).collect()
}

/// What is published of keys of an algorithm that is.
fn ids(subject: &Subject, numbers: &[usize]) -> Vec<String> {
    let symmetric = subject.algorithm.starts_with("HS");
    numbers.iter().filter(|_| !symmetric).map(|n| subject.keys[*n].id.clone()).collect()
}

pub fn a_signer_without_keys_signs_and_accepts_nothing(subject: &Subject) {
    let refuses = || {
        assert!(subject.keyless.can_sign(now()).is_err());
        assert!(subject.keyless.sign(&claims(subject), now()).is_err());
        assert!(subject.keyless.sign_page(&pages::page(), now()).is_err());
        assert_eq!(subject.keyless.verify(&genuine(subject).token, now()), Err(VerifyError::Invalid));
        assert_eq!(published(subject), [""; 0]);
    };
    refuses();
    renew(subject, &[key(subject, 0, Duration::ZERO, whole)]);
    assert!(subject.keyless.can_sign(now()).is_ok());
    sign_at(subject, now());
    renew(subject, &[]);
    refuses();
}

pub fn the_key_that_the_ring_names_signs_and_every_other_that_holds_verifies(subject: &Subject) {
    renew(subject, &[key(subject, 1, LATER, whole), key(subject, 0, Duration::ZERO, whole)]);
    assert_eq!(published(subject), ids(subject, &[0, 1]), "by when they sign");
    let before = sign_at(subject, now() + LATER - Duration::from_micros(1));
    let after = sign_at(subject, now() + LATER);
    assert_eq!([&before.1, &after.1], [&subject.keys[0].id, &subject.keys[1].id]);
    for (token, _) in [before, after] {
        assert!(subject.keyless.verify(&token, now() + LATER).is_ok());
    }
}

pub fn a_published_key_signs_when_the_one_before_it_is_revoked(subject: &Subject) {
    renew(subject, &[key(subject, 0, Duration::ZERO, revoked), key(subject, 1, 2 * LATER, whole)]);
    assert_eq!(sign_at(subject, now() + LATER).1, subject.keys[1].id);
}

pub fn what_a_key_signed_is_dead_with_the_key(subject: &Subject) {
    let successor = || key(subject, 1, LATER, whole);
    for end in [revoked, |moments: &mut KeyMoments| moments.retired_at = Some(now() + LATER)] {
        renew(subject, &[key(subject, 0, Duration::ZERO, whole), successor()]);
        let (token, _) = sign_at(subject, now());
        assert!(subject.keyless.verify(&token, now() + LATER).is_ok());
        renew(subject, &[key(subject, 0, Duration::ZERO, end), successor()]);
        assert_eq!(subject.keyless.verify(&token, now() + LATER), Err(VerifyError::Invalid));
        assert_eq!(published(subject), ids(subject, &[1]));
    }
}

pub fn a_key_that_cannot_be_used_leaves_those_in_use_that_hold(subject: &Subject) {
    let first = || key(subject, 0, Duration::ZERO, whole);
    let second = || key(subject, 1, LATER, whole);
    renew(subject, &[first(), second()]);
    let (token, _) = sign_at(subject, now());
    let third = || key(subject, 2, 2 * LATER, whole);
    let mut damaged = third();
    if let Some(last) = damaged.sealed.as_mut().and_then(|sealed| sealed.last_mut()) {
        *last ^= 1;
    }
    let unsealed = StoredSigningKey { sealed: None, ..third() };
    let of_unknown_algorithm = SigningKey::stored("unknown".to_owned(), "none".to_owned(), third().key.moments());
    let unknown = StoredSigningKey { key: of_unknown_algorithm.expect("it is published first"), ..third() };
    for unusable in [damaged, unsealed, unknown] {
        renew(subject, &[first(), second()]);
        assert!(subject.keyless.renew(&[first(), second(), unusable.clone()]).is_err(), "{unusable:?}");
        assert!(subject.keyless.verify(&token, now()).is_ok());
        assert_eq!(published(subject), ids(subject, &[0, 1]));
        // A revocation is heeded even then.
        assert!(subject.keyless.renew(&[key(subject, 0, Duration::ZERO, revoked), second(), unusable]).is_err());
        assert_eq!(subject.keyless.verify(&token, now()), Err(VerifyError::Invalid));
        assert_eq!(published(subject), ids(subject, &[1]));
    }
}

pub fn a_key_that_was_revoked_or_retired_is_not_asked_what_it_is_made_of(subject: &Subject) {
    let retired = |moments: &mut KeyMoments| moments.retired_at = Some(now());
    let gone = [key(subject, 0, Duration::ZERO, revoked), key(subject, 1, Duration::ZERO, retired)];
    assert!(gone.iter().all(|stored| stored.sealed.is_none()));
    let [one, other] = gone;
    renew(subject, &[one, other, key(subject, 2, LATER, whole)]);
    assert_eq!(sign_at(subject, now() + LATER).1, subject.keys[2].id);
}

//! The ring of signing keys, a sentence at a time.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::time::Duration;

use doorward_domain::{
    Timestamp,
    key::{KeyMoments, KeyRules, KeyState, Ring, RotationPending, SigningKey, SignsUnpublished, Step},
};

const RULES: KeyRules = KeyRules {
    algorithm: "ES256",
    cache_life: Duration::from_mins(5),
    skew: Duration::from_secs(30),
    rotate_after: Some(Duration::from_hours(24)),
    token_life: Duration::from_mins(10),
};
/// `RULES.cache_life` and `RULES.skew`.
const NOTICE: i64 = 330;
/// `RULES.skew` and `RULES.token_life`.
const AFTERLIFE: i64 = 630;
const DAY: i64 = 24 * 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn publish(step: Option<Step>, id: &str) -> SigningKey {
    match step {
        Some(Step::Publish(place)) => place.filled_by(id.to_owned()),
        other => panic!("{other:?}"),
    }
}

/// The first key, which signs from the beginning.
fn first() -> SigningKey {
    publish(Ring::default().due(&RULES, at(0)), "first")
}

fn ring<const N: usize>(keys: [SigningKey; N]) -> Ring {
    Ring::new(keys.into())
}

/// A ring whose next key was published at this second.
fn rotated(second: i64) -> Ring {
    let place = ring([first()]).rotate(&RULES, at(second)).unwrap();
    ring([first(), place.filled_by("second".to_owned())])
}

fn changed(ring: &Ring, id: &str, change: impl Fn(&mut KeyMoments)) -> Ring {
    let keys = ring.keys().iter().map(|key| {
        let mut moments = key.moments();
        if key.id() == id {
            change(&mut moments);
        }
        SigningKey::stored(key.id().to_owned(), key.algorithm().to_owned(), moments).unwrap()
    });
    Ring::new(keys.collect())
}

fn revoked(ring: &Ring, id: &str, second: i64) -> Ring {
    let revocation = ring.revoke(id, at(second)).unwrap();
    assert_eq!(revocation.id(), id);
    changed(ring, id, |moments| moments.revoked_at = Some(revocation.at()))
}

fn signing(ring: &Ring, second: i64) -> Option<&str> {
    ring.signing(at(second)).map(SigningKey::id)
}

fn states(ring: &Ring, second: i64) -> Vec<KeyState> {
    ring.keys().iter().map(|key| ring.state(key, at(second))).collect()
}

#[test]
fn the_first_key_signs_at_once() {
    let moments = first().moments();
    assert_eq!((moments.published_at, moments.signs_from), (at(0), at(0)));
    assert_eq!((first().id(), first().algorithm()), ("first", "ES256"));
    assert_eq!(ring([first()]).due(&RULES, at(0)), None);
    assert_eq!(signing(&ring([first()]), 0), Some("first"));
}

#[test]
fn every_other_key_signs_when_no_cache_is_without_it() {
    let ring = rotated(100);
    assert_eq!(ring.keys()[1].moments().published_at, at(100));
    assert_eq!(ring.keys()[1].moments().signs_from, at(100 + NOTICE));
    assert_eq!(signing(&ring, 100 + NOTICE - 1), Some("first"));
    assert_eq!(signing(&ring, 100 + NOTICE), Some("second"));
    assert_eq!(states(&ring, 100), [KeyState::Signing, KeyState::Published]);
    assert_eq!(states(&ring, 100 + NOTICE), [KeyState::Verifying, KeyState::Signing]);
}

#[test]
fn a_second_successor_is_not_published_before_the_first_one_signs() {
    let ring = rotated(100);
    assert_eq!(ring.rotate(&RULES, at(100 + NOTICE - 1)), Err(RotationPending));
    assert!(ring.rotate(&RULES, at(100 + NOTICE)).is_ok());
}

#[test]
fn a_key_is_retired_when_the_last_token_that_it_signed_is_over() {
    let ring = rotated(100);
    let last = 100 + NOTICE + AFTERLIFE;
    assert_eq!(ring.retires_at(&ring.keys()[0], &RULES), Some(at(last)));
    assert_eq!(ring.due(&RULES, at(last - 1)), None);
    let Some(Step::Retire(retirement)) = ring.due(&RULES, at(last)) else { panic!("nothing is due") };
    assert_eq!((retirement.id(), retirement.at()), ("first", at(last)));
    let ring = changed(&ring, "first", |moments| moments.retired_at = Some(at(last)));
    assert_eq!(ring.due(&RULES, at(last)), None);
    assert_eq!(states(&ring, last), [KeyState::Retired, KeyState::Signing]);
    assert!(!ring.keys()[0].holds());
}

#[test]
fn an_old_key_s_successor_is_published_so_early_that_it_signs_at_that_age() {
    let ring = ring([first()]);
    assert_eq!(ring.due(&RULES, at(DAY - NOTICE - 1)), None);
    let second = publish(ring.due(&RULES, at(DAY - NOTICE)), "second");
    assert_eq!(second.moments().signs_from, at(DAY));
    let never = KeyRules { rotate_after: None, ..RULES };
    assert_eq!(ring.due(&never, at(1_000 * DAY)), None);
}

#[test]
fn after_a_change_of_algorithm_the_old_key_signs_until_the_new_one_may() {
    let other = KeyRules { algorithm: "EdDSA", ..RULES };
    let second = publish(ring([first()]).due(&other, at(100)), "second");
    assert_eq!((second.algorithm(), second.moments().signs_from), ("EdDSA", at(100 + NOTICE)));
    let ring = ring([first(), second]);
    assert_eq!(ring.due(&other, at(100)), None);
    assert_eq!(signing(&ring, 100 + NOTICE - 1), Some("first"));
    assert_eq!(signing(&ring, 100 + NOTICE), Some("second"));
    // Changed back while the next key is published: it signs first.
    assert_eq!(ring.due(&RULES, at(101)), None);
    assert_eq!(publish(ring.due(&RULES, at(100 + NOTICE)), "third").algorithm(), "ES256");
}

#[test]
fn a_key_that_takes_the_place_of_a_revoked_one_signs_at_once() {
    let ring = revoked(&ring([first()]), "first", 50);
    assert_eq!(states(&ring, 50), [KeyState::Revoked]);
    assert_eq!(signing(&ring, 50), None);
    let second = publish(ring.replacement(&RULES, at(50)), "second");
    assert_eq!((second.moments().published_at, second.moments().signs_from), (at(50), at(50)));
}

#[test]
fn a_key_that_is_revoked_the_moment_it_signs_is_replaced_too() {
    let ring = revoked(&ring([first()]), "first", 0);
    let second = publish(ring.due(&RULES, at(0)), "a key that sorts before it");
    let ring = Ring::new(ring.keys().iter().cloned().chain([second]).collect());
    assert_eq!(signing(&ring, 0), Some("a key that sorts before it"));
    assert_eq!(ring.due(&RULES, at(0)), None);
}

#[test]
fn a_published_successor_of_a_revoked_key_is_promoted_instead() {
    let ring = revoked(&rotated(100), "first", 150);
    assert_eq!(signing(&ring, 150), Some("second"), "even before anyone has said so");
    let Some(Step::Promote(promotion)) = ring.due(&RULES, at(150)) else { panic!("nothing is due") };
    assert_eq!((promotion.id(), promotion.signs_from()), ("second", at(150)));
    let ring = changed(&ring, "second", |moments| moments.signs_from = promotion.signs_from());
    assert_eq!(ring.due(&RULES, at(150)), None);
    assert_eq!(states(&ring, 150), [KeyState::Revoked, KeyState::Signing]);
}

#[test]
fn a_successor_that_is_revoked_before_it_signs_leaves_everything_as_it_was() {
    let ring = revoked(&rotated(100), "second", 150);
    assert_eq!(ring.due(&RULES, at(150)), None);
    for second in [150, 100 + NOTICE, 100 + NOTICE + AFTERLIFE] {
        assert_eq!(states(&ring, second), [KeyState::Signing, KeyState::Revoked]);
    }
    assert_eq!(ring.signs_until(&ring.keys()[0]), None);
    assert!(ring.rotate(&RULES, at(150)).is_ok());
}

#[test]
fn a_key_that_has_given_way_never_signs_again() {
    let ring = revoked(&rotated(100), "second", 100 + NOTICE + 10);
    assert_eq!(states(&ring, 100 + NOTICE + 10), [KeyState::Verifying, KeyState::Revoked]);
    assert_eq!(signing(&ring, 100 + NOTICE + 10), None);
    let third = publish(ring.due(&RULES, at(100 + NOTICE + 10)), "third");
    assert_eq!(third.moments().signs_from, at(100 + NOTICE + 10));
}

#[test]
fn a_clock_that_is_behind_finds_the_first_key_too() {
    assert_eq!(signing(&ring([first()]), -1), Some("first"));
    assert_eq!(ring([first()]).due(&RULES, at(-1)), None);
}

#[test]
fn a_key_is_revoked_once_and_not_after_it_was_retired() {
    let ring = rotated(100);
    assert_eq!(revoked(&ring, "first", 150).revoke("first", at(151)), None);
    let ring = changed(&ring, "first", |moments| moments.retired_at = Some(at(5_000)));
    assert_eq!(ring.revoke("first", at(5_001)), None);
    assert_eq!(ring.revoke("another", at(5_001)), None);
}

#[test]
fn a_key_that_signs_by_a_clock_that_is_ahead_is_replaced_by_one_that_is_behind() {
    let ring = revoked(&ring([first()]), "first", -1);
    assert_eq!(ring.keys()[0].moments().revoked_at, Some(at(0)));
    let second = publish(ring.due(&RULES, at(-1)), "second");
    let ring = Ring::new(ring.keys().iter().cloned().chain([second]).collect());
    for second in [-1, 0, 1] {
        assert_eq!(signing(&ring, second), Some("second"));
    }
}

#[test]
fn nothing_that_was_stored_signs_before_it_is_published() {
    let moments = KeyMoments { published_at: at(1), signs_from: at(0), revoked_at: None, retired_at: None };
    assert_eq!(SigningKey::stored("id".to_owned(), "ES256".to_owned(), moments), Err(SignsUnpublished));
}

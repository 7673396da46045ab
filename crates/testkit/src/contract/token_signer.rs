//! The contract of the [`TokenSigner`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

mod claims;
mod header;
mod members;
mod pages;
mod ring;

use std::time::Duration;

use doorward_application::ports::{MadeKey, TokenSigner, VerifyError};
use doorward_domain::{
    Role, SessionId, Timestamp, TokenId, UserId,
    token::{AccessClaims, claims::ProfileClaims},
};
use serde_json::json;
use uuid::Uuid;

use self::members::{Members, decode, encode, get, text, with};
pub use self::{claims::*, header::*, pages::*, ring::*};

/// A signer, and what it takes to attack it.
pub struct Subject {
    /// The signer.
    pub signer: Box<dyn TokenSigner>,
    /// Another with the same settings and keys of its own.
    pub stranger: Box<dyn TokenSigner>,
    /// Another with the same settings that has not been given any keys.
    pub keyless: Box<dyn TokenSigner>,
    /// The algorithm of all keys.
    pub algorithm: &'static str,
    /// Keys that it can be given.
    pub keys: [MadeKey; 3],
    /// Attacks it.
    pub forge: Forge,
    /// The longest that a token may live, in whole seconds.
    pub access_ttl: Duration,
}

/// Makes a compact JWT of any header and any payload (both JSON), with the signer's newest key.
pub type Forge = Box<dyn Fn(&str, &str) -> String>;

/// Makes one test of each sentence of the contract, in the module that it stands in. The argument makes the
/// [`Subject`].
#[macro_export]
macro_rules! token_signer_contract {
    ($subject:expr) => {
        $crate::token_signer_contract! { @each $subject;
            a_token_says_what_was_signed
            a_forgery_that_changes_nothing_is_good
            a_token_is_good_from_nbf_until_exp
            a_token_of_another_key_is_refused
            a_token_without_a_signature_is_refused
            a_changed_token_is_refused
            a_token_that_was_cut_or_lengthened_is_refused
            another_algorithm_than_the_keys_own_is_refused
            another_type_than_at_jwt_is_refused
            any_crit_is_refused
            a_key_in_the_header_is_refused
            an_unknown_key_id_is_refused
            a_header_name_that_stands_twice_is_refused
            an_issuer_that_is_not_exactly_ours_is_refused
            an_audience_that_is_not_exactly_ours_is_refused
            an_exp_or_nbf_out_of_range_is_refused
            a_life_longer_than_ours_is_refused
            a_missing_claim_is_refused
            a_claim_of_another_type_is_refused
            a_claim_that_stands_twice_is_refused
            every_asymmetric_key_is_published_and_no_other
            a_signer_without_keys_signs_and_accepts_nothing
            the_key_that_the_ring_names_signs_and_every_other_that_holds_verifies
            a_published_key_signs_when_the_one_before_it_is_revoked
            what_a_key_signed_is_dead_with_the_key
            a_key_that_cannot_be_used_leaves_those_in_use_that_hold
            a_key_that_was_revoked_or_retired_is_not_asked_what_it_is_made_of
            a_page_says_what_it_was_given
            a_page_is_signed_by_the_key_that_signs
            a_page_is_no_access_token
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[test]
            fn $sentence() {
                $crate::contract::token_signer::$sentence(&$subject);
            }
        )*
    };
}

pub fn a_token_says_what_was_signed(subject: &Subject) {
    let with_profile = claims(subject);
    let without = AccessClaims { profile: None, role: Role::Admin, ..with_profile.clone() };
    for claims in [with_profile, without] {
        assert_eq!(subject.signer.verify(&sign(subject, &claims), claims.issued_at), Ok(claims));
    }
}

/// Without it, the forgeries of the other tests could be refused for no reason of theirs.
pub fn a_forgery_that_changes_nothing_is_good(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let forged = (subject.forge)(&text(&header), &text(&payload));
    assert_eq!(subject.signer.verify(&forged, now()), Ok(claims(subject)));
}

pub fn a_token_is_good_from_nbf_until_exp(subject: &Subject) {
    let claims = claims(subject);
    let token = sign(subject, &claims);
    let verify = |at| subject.signer.verify(&token, at);
    assert_eq!(verify(claims.issued_at - Duration::from_mins(1)), Err(VerifyError::Invalid));
    assert_eq!(verify(claims.issued_at).as_ref(), Ok(&claims));
    assert_eq!(verify(claims.expires_at - Duration::from_micros(1)).as_ref(), Ok(&claims));
    assert_eq!(verify(claims.expires_at), Err(VerifyError::Expired));
    assert_eq!(verify(claims.expires_at + Duration::from_hours(24)), Err(VerifyError::Expired));
}

pub fn a_token_of_another_key_is_refused(subject: &Subject) {
    let claims = claims(subject);
    let foreign = subject.stranger.sign(&claims, now()).expect("the stranger signs");
    assert!(subject.stranger.verify(foreign.expose(), now()).is_ok());
    refuses(subject, foreign.expose());
    // Its signature under our header, and ours under its header.
    let ours = sign(subject, &claims);
    let [our_header, our_payload, our_signature] = parts(&ours);
    let [foreign_header, foreign_payload, foreign_signature] = parts(foreign.expose());
    refuses(subject, &format!("{our_header}.{foreign_payload}.{foreign_signature}"));
    refuses(subject, &format!("{foreign_header}.{our_payload}.{our_signature}"));
}

pub fn a_token_without_a_signature_is_refused(subject: &Subject) {
    let Genuine { header, payload, token } = genuine(subject);
    let [encoded_header, encoded_payload, _] = parts(&token);
    for unsigned in ["", ".", ".AA"] {
        refuses(subject, &format!("{encoded_header}.{encoded_payload}{unsigned}"));
    }
    for none in ["none", "None", "NONE", "nOnE"] {
        let header = encode(&with(&header, "alg", json!(none)));
        for end in ["", ".", ".AA"] {
            refuses(subject, &format!("{header}.{}{end}", encode(&payload)));
        }
    }
}

pub fn a_changed_token_is_refused(subject: &Subject) {
    let Genuine { token, .. } = genuine(subject);
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        refuses(subject, &String::from_utf8(changed).expect("a token is ASCII"));
    }
}

pub fn a_token_that_was_cut_or_lengthened_is_refused(subject: &Subject) {
    let Genuine { token, .. } = genuine(subject);
    for end in 0..token.len() {
        refuses(subject, &token[..end]);
    }
    for more in ["A", "AAAA", "=", "==", ".", ".A", " ", "\n", "\0"] {
        refuses(subject, &format!("{token}{more}"));
        refuses(subject, &format!("{more}{token}"));
    }
    for (at, _) in token.match_indices('.') {
        refuses(subject, &format!("{}={}", &token[..at], &token[at..]));
    }
}

pub fn every_asymmetric_key_is_published_and_no_other(subject: &Subject) {
    let Genuine { header, .. } = genuine(subject);
    let algorithm = get(&header, "alg").as_str().expect("alg is a string");
    let asymmetric = ["ES", "RS", "PS", "Ed"].iter().any(|family| algorithm.starts_with(family));
    let keys = subject.signer.public_keys();
    let published = keys.iter().any(|key| *get(&header, "kid") == *key.id && key.algorithm == algorithm);
    assert_eq!(published, asymmetric, "{algorithm}: {keys:?}");
    assert!(keys.iter().all(|key| !key.algorithm.starts_with("HS")), "{keys:?}");
}

/// A token as the signer makes it.
struct Genuine {
    header: Members,
    payload: Members,
    token: String,
}

fn genuine(subject: &Subject) -> Genuine {
    let token = sign(subject, &claims(subject));
    let [header, payload, _] = parts(&token);
    Genuine { header: decode(header), payload: decode(payload), token }
}

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).expect("a moment in 2027")
}

fn claims(subject: &Subject) -> AccessClaims {
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001)),
        session_id: SessionId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0002)),
        token_id: TokenId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0003)),
        epoch: 7,
        role: Role::Candidate,
        issued_at: now(),
        expires_at: now() + subject.access_ttl,
        profile: Some(ProfileClaims { email: "zoe@example.com".to_owned(), name: "Zoë \"Z\" O’\\Hara".to_owned() }),
    }
}

fn sign(subject: &Subject, claims: &AccessClaims) -> String {
    subject.signer.sign(claims, claims.issued_at).expect("the signer signs").into_inner()
}

fn refuses(subject: &Subject, token: &str) {
    assert_eq!(subject.signer.verify(token, now()), Err(VerifyError::Invalid), "{token}");
}

/// The forgery may also be told to have expired, if that is what is wrong with it.
fn refuses_forged(subject: &Subject, header: &Members, payload: &Members) {
    let (header, payload) = (text(header), text(payload));
    assert!(subject.signer.verify(&(subject.forge)(&header, &payload), now()).is_err(), "{header} {payload}");
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().expect("a compact JWT has three parts")
}

//! What is tried with signatures and with keys that any signature would fit.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use doorward_verifier::UnusableKey;

use super::*;

fn ed25519(point: &[u8; 32]) -> Result<VerifyingKey, UnusableKey> {
    let mut jwk = signer(Algorithm::EdDsa).jwk();
    jwk.insert("x".to_owned(), json!(base64url(point)));
    VerifyingKey::from_jwk(&jwk)
}

/// Only the whole of a signature is one: cut, lengthened or in DER it is none.
#[test]
fn a_signature_has_one_length() {
    for algorithm in Algorithm::ALL {
        let key = signer(algorithm).key();
        let good = signer(algorithm).sign(b"message");
        for length in 0..good.len() {
            assert!(!key.verifies(b"message", &good[..length]), "{algorithm:?} {length}");
            assert!(!key.verifies(b"message", &good[good.len() - length..]), "{algorithm:?} {length}");
        }
        for longer in [[&good[..], &[0]].concat(), [&[0], &good[..]].concat(), good.repeat(2)] {
            assert!(!key.verifies(b"message", &longer), "{algorithm:?}");
        }
        for constant in [0, 1, 255] {
            assert!(!key.verifies(b"message", &vec![constant; good.len()]), "{algorithm:?}");
        }
    }
}

/// CVE-2022-21449: r and s of zero, or of the order, that a careless verifier divides by.
#[test]
fn an_ecdsa_signature_of_zeros_or_of_the_order_is_none() {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut one = [0; 32];
    one[31] = 1;
    let key = signer(Algorithm::Es256).key();
    let good = signer(Algorithm::Es256).sign(b"message");
    let halves = [[0; 32], one, ORDER, [0xff; 32], good[..32].try_into().unwrap(), good[32..].try_into().unwrap()];
    for r in halves {
        for s in halves {
            let signature = [r, s].concat();
            assert_eq!(key.verifies(b"message", &signature), signature == good, "{signature:?}");
        }
    }
}

/// An all-zero key, as a mistake would publish it, is one of these: the library itself takes for good what anyone can
/// write.
#[test]
fn an_ed25519_key_of_small_order_is_refused() {
    let filled = |first: &str, between: &str, last: &str| format!("{first}{}{last}", between.repeat(30));
    let numbers = [
        filled("00", "00", "00"),
        filled("01", "00", "00"),
        filled("ec", "ff", "7f"),
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".to_owned(),
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a".to_owned(),
    ];
    for number in numbers.map(|hex| bytes_of(&hex)) {
        assert!((0..64).any(|text| is_forged(number, &[text])), "{number:?} is harmless");
        for point in with_both_signs(number) {
            assert_eq!(ed25519(&point).err(), Some(UnusableKey::Weak), "{point:?}");
        }
    }
}

/// A signature without any key: R is one of the points, and S is zero.
fn is_forged(point: [u8; 32], text: &[u8]) -> bool {
    let verify = |r: [u8; 32]| UnparsedPublicKey::new(&ED25519, point).verify(text, &[r, [0; 32]].concat()).is_ok();
    let mut one = [0; 32];
    one[0] = 1;
    with_both_signs(point).into_iter().chain([one, [0; 32]]).any(verify)
}

fn bytes_of(hex: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

fn with_both_signs(point: [u8; 32]) -> [[u8; 32]; 2] {
    let mut other = point;
    other[31] ^= 0x80;
    [point, other]
}

/// Every second number is no point: the library then refuses every signature.
#[test]
fn an_ed25519_number_that_is_no_point_verifies_nothing() {
    let signature = signer(Algorithm::EdDsa).sign(b"message");
    for first in 2..100 {
        let mut number = [0; 32];
        number[0] = first;
        let key = ed25519(&number).unwrap();
        for signature in [&signature[..], &[0; 64]] {
            assert!(!key.verifies(b"message", signature), "{first}");
        }
    }
}

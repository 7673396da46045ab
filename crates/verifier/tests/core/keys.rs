//! Which keys are used.

use aws_lc_rs::{
    rsa::KeySize,
    signature::{KeyPair, RsaKeyPair, RsaPublicKeyComponents},
};
use doorward_verifier::UnusableKey;

use super::*;

const PUBLIC: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

fn refusal(jwk: &Map<String, Value>) -> Option<UnusableKey> {
    VerifyingKey::from_jwk(jwk).err()
}

/// A good key with one member changed, or taken out where the value is null.
fn changed(algorithm: Algorithm, name: &str, value: Value) -> Option<UnusableKey> {
    let mut jwk = signer(algorithm).jwk();
    match value {
        Value::Null => jwk.remove(name),
        value => jwk.insert(name.to_owned(), value),
    };
    refusal(&jwk)
}

fn number(algorithm: Algorithm, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(signer(algorithm).jwk()[name].as_str().unwrap()).unwrap()
}

#[test]
fn every_algorithm_is_found_by_its_exact_name() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
        assert_eq!(Algorithm::parse(&format!("{} ", algorithm.as_str())), None);
        assert_eq!(Algorithm::parse(&algorithm.as_str().to_lowercase()), None);
    }
    assert_eq!(Algorithm::parse("none"), None);
}

#[test]
fn a_published_key_is_used_for_its_one_algorithm() {
    for algorithm in PUBLIC {
        let signer = signer(algorithm);
        let key = VerifyingKey::from_jwk(&signer.jwk()).unwrap();
        assert_eq!((key.id(), key.algorithm()), (&*signer.id(), algorithm));
        assert!(key.verifies(b"message", &signer.sign(b"message")));
        assert!(!key.verifies(b"another", &signer.sign(b"message")));
    }
}

#[test]
fn use_operations_and_algorithm_may_be_absent_but_not_wrong() {
    for algorithm in PUBLIC {
        for name in ["use", "alg"] {
            assert_eq!(changed(algorithm, name, Value::Null), None, "{name}");
            for wrong in [json!(""), json!("enc"), json!("SIG"), json!("none"), json!("HS256"), json!("PS256")] {
                assert!(changed(algorithm, name, wrong.clone()).is_some(), "{name} {wrong}");
            }
            for wrong in [json!(1), json!(["sig"]), json!({})] {
                assert_eq!(changed(algorithm, name, wrong), Some(UnusableKey::Damaged), "{name}");
            }
        }
        assert_eq!(changed(algorithm, "key_ops", json!(["verify"])), None);
        assert_eq!(changed(algorithm, "key_ops", json!(["sign", "verify"])), None);
        for wrong in [json!([]), json!(["sign"]), json!(["encrypt", "Verify"]), json!([["verify"]])] {
            assert_eq!(changed(algorithm, "key_ops", wrong), Some(UnusableKey::Use));
        }
        assert_eq!(changed(algorithm, "key_ops", json!("verify")), Some(UnusableKey::Damaged));
    }
}

#[test]
fn a_null_is_no_absent_member() {
    for name in ["use", "alg", "key_ops", "crv"] {
        let mut jwk = signer(Algorithm::Rs256).jwk();
        jwk.insert(name.to_owned(), Value::Null);
        assert_eq!(refusal(&jwk), Some(UnusableKey::Damaged), "{name}");
    }
}

#[test]
fn an_algorithm_of_another_type_of_key_is_refused() {
    for algorithm in PUBLIC {
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            assert_eq!(changed(algorithm, "alg", json!(other.as_str())), Some(UnusableKey::Type));
        }
        for kty in [json!(null), json!("ec"), json!("oct"), json!("EC "), json!("AKP")] {
            assert_eq!(changed(algorithm, "kty", kty.clone()), Some(UnusableKey::Type), "{kty}");
        }
    }
    for curve in ["P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519", "p-256", ""] {
        assert_eq!(changed(Algorithm::Es256, "crv", json!(curve)), Some(UnusableKey::Type), "{curve}");
    }
    assert_eq!(changed(Algorithm::EdDsa, "crv", json!("X25519")), Some(UnusableKey::Type));
    assert_eq!(changed(Algorithm::Rs256, "crv", json!("P-256")), Some(UnusableKey::Type));
}

#[test]
fn a_key_needs_a_name_that_is_spelt_in_one_way() {
    let long = "a".repeat(257);
    for id in [
        json!(null),
        json!(1),
        json!(""),
        json!("a b"),
        json!("a\n"),
        json!("ä"),
        json!("\""),
        json!("\\"),
        json!(long),
    ] {
        assert_eq!(changed(Algorithm::EdDsa, "kid", id.clone()), Some(UnusableKey::Name), "{id}");
    }
    for id in [&long[1..], "a", "bilbo.baggins@hobbiton.example", "K5V7c0dY3mQ-_"] {
        assert_eq!(changed(Algorithm::EdDsa, "kid", json!(id)), None, "{id}");
        assert!(VerifyingKey::from_secret(id, &[1; 32]).is_ok());
    }
    assert_eq!(VerifyingKey::from_secret("", &[1; 32]).err(), Some(UnusableKey::Name));
}

#[test]
fn a_key_with_anything_private_is_refused() {
    for algorithm in PUBLIC {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            for value in [json!("AQAB"), json!(""), json!([])] {
                assert_eq!(changed(algorithm, name, value), Some(UnusableKey::Private), "{name}");
            }
        }
    }
}

#[test]
fn a_point_beside_the_curve_is_no_key() {
    let [x, y] = ["x", "y"].map(|name| number(Algorithm::Es256, name));
    let swapped = [json!(base64url(&y)), json!(base64url(&x))];
    let [new_x, new_y] = swapped;
    let mut jwk = signer(Algorithm::Es256).jwk();
    jwk.insert("x".to_owned(), new_x);
    jwk.insert("y".to_owned(), new_y);
    assert_eq!(refusal(&jwk), Some(UnusableKey::Damaged));
    let mut beside = y.clone();
    beside[31] ^= 1;
    assert_eq!(changed(Algorithm::Es256, "y", json!(base64url(beside))), Some(UnusableKey::Damaged));
    for number in [[0; 32], [255; 32]] {
        let mut jwk = signer(Algorithm::Es256).jwk();
        for name in ["x", "y"] {
            jwk.insert(name.to_owned(), json!(base64url(number)));
        }
        assert_eq!(refusal(&jwk), Some(UnusableKey::Damaged));
    }
}

#[test]
fn a_coordinate_has_exactly_32_bytes_in_their_one_spelling() {
    for (algorithm, name) in [(Algorithm::Es256, "x"), (Algorithm::Es256, "y"), (Algorithm::EdDsa, "x")] {
        let good = number(algorithm, name);
        let text = base64url(&good);
        let misspelt = [
            json!(null),
            json!(7),
            json!(""),
            json!(base64url(&good[1..])),
            json!(base64url(&good[..31])),
            json!(base64url([&[0], &good[..]].concat())),
            json!(base64url([&good[..], &[0]].concat())),
            json!(format!("{text}=")),
            json!(format!("{text} ")),
            json!(format!("{}\n{}", &text[..9], &text[9..])),
            json!(format!("+{}", &text[1..])),
            json!(format!("/{}", &text[1..])),
            // The last of 43 characters has four bits of its own.
            json!(format!("{}{}", &text[..42], if text.ends_with('A') { 'B' } else { '_' })),
        ];
        for wrong in misspelt {
            assert_eq!(changed(algorithm, name, wrong.clone()), Some(UnusableKey::Damaged), "{name} {wrong}");
        }
    }
}

#[test]
fn an_rsa_key_below_3072_bits_is_refused() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let n = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key()).n;
    assert_eq!(changed(Algorithm::Rs256, "n", json!(base64url(n))), Some(UnusableKey::Weak));
    // 384 bytes, but a bit short.
    let mut short = number(Algorithm::Rs256, "n");
    short[0] = 0x7f;
    assert_eq!(changed(Algorithm::Rs256, "n", json!(base64url(&short))), Some(UnusableKey::Weak));
    short.insert(0, 0);
    assert_eq!(changed(Algorithm::Rs256, "n", json!(base64url(short))), Some(UnusableKey::Damaged), "a leading zero");
}

#[test]
fn an_rsa_modulus_is_odd_and_no_longer_than_8192_bits() {
    let mut even = number(Algorithm::Rs256, "n");
    *even.last_mut().unwrap() &= 0xfe;
    assert_eq!(changed(Algorithm::Rs256, "n", json!(base64url(even))), Some(UnusableKey::Damaged));
    assert_eq!(changed(Algorithm::Rs256, "n", json!(base64url([0xff; 1025]))), Some(UnusableKey::Damaged));
    for wrong in [json!(null), json!(""), json!("AA"), json!(65_537), json!("n!")] {
        assert_eq!(changed(Algorithm::Rs256, "n", wrong.clone()), Some(UnusableKey::Damaged), "{wrong}");
    }
}

#[test]
fn an_rsa_exponent_is_odd_and_neither_tiny_nor_huge() {
    let exponent = |bytes: &[u8]| changed(Algorithm::Rs256, "e", json!(base64url(bytes)));
    assert_eq!(exponent(&[1, 0, 1]), None);
    for weak in [&[1][..], &[3], &[17], &[0xff, 0xff]] {
        assert_eq!(exponent(weak), Some(UnusableKey::Weak), "{weak:?}");
    }
    for damaged in [&[][..], &[0], &[0, 1, 0, 1], &[1, 0, 0], &[1, 0, 0, 0, 1], &[0xff; 384]] {
        assert_eq!(exponent(damaged), Some(UnusableKey::Damaged), "{damaged:?}");
    }
}

#[test]
fn a_secret_below_32_bytes_is_refused() {
    for length in [0, 1, 16, 31] {
        assert_eq!(VerifyingKey::from_secret("a", &vec![1; length]).err(), Some(UnusableKey::Weak), "{length}");
    }
    for length in [32, 64, 65, 1000] {
        let key = VerifyingKey::from_secret("a", &vec![1; length]).unwrap();
        assert!(key.verifies(b"message", &signers::mac(&vec![1; length], b"message")));
    }
}

#[test]
fn a_secret_is_not_shown() {
    let secret = [b's'; 32];
    let shown = format!("{:?}", VerifyingKey::from_secret("a", &secret).unwrap());
    assert_eq!(shown, r#"VerifyingKey { id: "a", algorithm: Hs256, .. }"#);
}

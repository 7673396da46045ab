//! Whatever is changed in a good token makes it a bad one.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn one_changed_byte_is_refused(index in 0..4_usize, at in any::<prop::sample::Index>(), other in 0..128_u8) {
        let mut token = signer(Algorithm::ALL[index]).token().into_bytes();
        let at = at.index(token.len());
        prop_assume!(token[at] != other);
        token[at] = other;
        let token = String::from_utf8(token).unwrap();
        prop_assert!(verify(&token).is_err(), "{}", token);
    }

    #[test]
    fn one_flipped_bit_of_what_is_signed_or_of_the_signature_is_refused(
        index in 0..4_usize, part in 0..3_usize, at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let token = signer(Algorithm::ALL[index]).token();
        let mut parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let at = at.index(parts[part].len());
        parts[part][at] ^= 1 << bit;
        let token: Vec<_> = parts.iter().map(base64url).collect();
        prop_assert!(verify(&token.join(".")).is_err());
    }

    #[test]
    fn any_text_is_refused(text in ".{0,200}", parts in prop::array::uniform3("[A-Za-z0-9_-]{0,80}")) {
        prop_assert_eq!(verify(&text), Err(Refusal::Malformed));
        prop_assert_eq!(verify(&parts.join(".")), Err(Refusal::Malformed));
    }

    #[test]
    fn any_payload_under_a_good_signature_is_read_or_refused(text in "[\\[\\]{}\",:0-9a-z.\\\\-]{0,60}") {
        prop_assert_eq!(verify_payload(&text), Err(Refusal::Claims));
    }

    #[test]
    fn any_bytes_are_a_key_set_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(KeySet::parse(&bytes).is_err());
    }
}

#[test]
fn every_cut_is_refused() {
    for algorithm in Algorithm::ALL {
        let token = signer(algorithm).token();
        for at in 0..token.len() {
            assert!(verify(&token[..at]).is_err(), "{algorithm:?} {at}");
            assert!(at == 0 || verify(&token[at..]).is_err(), "{algorithm:?} {at}");
        }
    }
}

//! What is tried by whoever has no key.

use super::*;

fn refuses(token: &str, refusal: &Refusal) {
    assert_eq!(verify(token).as_ref(), Err(refusal), "{token}");
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn a_token_without_a_signature_is_refused() {
    for algorithm in Algorithm::ALL {
        let token = signer(algorithm).token();
        let [header, payload, _] = parts(&token);
        refuses(&format!("{header}.{payload}."), &Refusal::Signature);
        refuses(&format!("{header}.{payload}.AA"), &Refusal::Signature);
        for end in ["", "..", ".AA.", ".A", "."] {
            let none = base64url(format!(r#"{{"typ":"at+jwt","alg":"none","kid":"{}"}}"#, signer(algorithm).id()));
            refuses(&format!("{none}.{payload}{end}"), &Refusal::Malformed);
        }
        refuses(&format!("{header}.{payload}"), &Refusal::Malformed);
    }
}

#[test]
fn a_signature_by_another_key_or_of_another_text_is_refused() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Rs256) {
        let stranger = match algorithm {
            Algorithm::Hs256 => Signer::Hs256([8; 32]),
            _ => Signer::generate(algorithm),
        };
        refuses(&stranger.token(), &Refusal::Signature);
        let ours = signer(algorithm).token();
        let other = signer(algorithm).assemble(&signer(algorithm).header("at+jwt"), "{}");
        let ([header, payload, signature], [_, other_payload, other_signature]) = (parts(&ours), parts(&other));
        refuses(&format!("{header}.{other_payload}.{signature}"), &Refusal::Signature);
        refuses(&format!("{header}.{payload}.{other_signature}"), &Refusal::Signature);
    }
}

/// RFC 8725 §2.1: with a verifier that takes the algorithm from the token, the public key would be the secret.
#[test]
fn what_is_public_is_no_hmac_secret() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let jwk = signer(algorithm).jwk();
        let bytes =
            |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name).and_then(Value::as_str).unwrap_or_default()).unwrap();
        let point = [&[4][..], &bytes("x"), &bytes("y")].concat();
        let secrets = [
            Vec::new(),
            vec![0; 32],
            bytes("x"),
            bytes("y"),
            bytes("n"),
            point,
            signer(algorithm).id().into_bytes(),
            Value::Object(jwk.clone()).to_string().into_bytes(),
        ];
        for secret in secrets {
            for alg in ["HS256", algorithm.as_str()] {
                let header = format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{}"}}"#, signer(algorithm).id());
                let message = format!("{}.{}", base64url(header), base64url(payload().to_string()));
                let token = format!("{message}.{}", base64url(signers::mac(&secret, message.as_bytes())));
                refuses(&token, &Refusal::Signature);
            }
        }
    }
}

#[test]
fn no_other_spelling_of_a_part_is_accepted() {
    for algorithm in Algorithm::ALL {
        let token = signer(algorithm).token();
        let ends = token.match_indices('.').map(|(at, _)| at).chain([token.len()]);
        for end in ends {
            for last in ('0'..='9').chain('A'..='Z').chain('a'..='z').chain(['-', '_', '=', '+', '/', ' ']) {
                let other = format!("{}{last}{}", &token[..end - 1], &token[end..]);
                assert!(other == token || verify(&other).is_err(), "{other}");
            }
            for more in ["=", "==", " ", "\n", "\r\n", "\0", "A", "AAAA", "\u{a0}"] {
                let other = format!("{}{more}{}", &token[..end], &token[end..]);
                assert!(verify(&other).is_err(), "{other}");
            }
        }
    }
}

/// Every character of base64 with two alphabets, so that a lenient decoder would see the same bytes.
#[test]
fn the_other_alphabet_of_base64_is_refused() {
    let signer = signer(Algorithm::EdDsa);
    let tokens = (0..64).map(|tries| {
        signer.assemble(&signer.header("at+jwt"), &payload_with("jti", json!(Uuid::from_u128(tries))).to_string())
    });
    let mut tried = 0;
    for token in tokens {
        assert!(verify(&token).is_ok());
        let other = token.replace('-', "+").replace('_', "/");
        if other != token {
            tried += 1;
            refuses(&other, &Refusal::Malformed);
        }
    }
    assert!(tried > 32);
}

#[test]
fn nothing_but_three_parts_is_a_token() {
    let token = signer(Algorithm::EdDsa).token();
    for other in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "....".to_owned(),
        format!(".{token}"),
        format!("{token}."),
        format!("{token}.{token}"),
        format!("Bearer {token}"),
        format!("\"{token}\""),
        token.replacen('.', "..", 1),
        token.replace('.', ":"),
        token.replace('.', "\u{ff0e}"),
    ] {
        refuses(&other, &Refusal::Malformed);
    }
}

#[test]
fn a_token_longer_than_8_kib_is_refused_unread() {
    let signer = signer(Algorithm::EdDsa);
    let of_length = |padding: usize| {
        signer.assemble(&signer.header("at+jwt"), &payload_with("padding", json!("a".repeat(padding))).to_string())
    };
    let room = 8 * 1024 - of_length(0).len();
    let longest = (0..=room).rev().map(of_length).find(|token| token.len() <= 8 * 1024).unwrap();
    assert!(longest.len() > 8 * 1024 - 4 && verify(&longest).is_ok());
    refuses(&of_length(room), &Refusal::Malformed);
}

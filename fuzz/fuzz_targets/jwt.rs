//! Access tokens and pages of the revocation feed: nothing passes that the key has not signed, nor what is signed and
//! is not what is expected.
#![no_main]

use std::{sync::LazyLock, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_verifier::{
    Claims, Expected, ExpectedPage, KeySet, Refusal, RevocationPage, VerifyingKey, verify_access_token,
    verify_revocation_page,
};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://login.example.com";
const SECRET: [u8; 32] = [7; 32];
const HEADERS: [&str; 2] =
    [r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#, r#"{"alg":"HS256","typ":"revocations+jwt","kid":"k"}"#];

static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::from_keys([VerifyingKey::from_secret("k", &SECRET).expect("a key")]).expect("a set"));

fn expected() -> Expected {
    Expected {
        issuer: ISSUER.to_owned(),
        audience: "api".to_owned(),
        client_id: None,
        max_life: Duration::from_mins(10),
        leeway_before: Duration::from_secs(2),
        leeway_after: Duration::ZERO,
    }
}

fn claims(token: &str) -> Result<Claims, Refusal> {
    verify_access_token(token, &KEYS, &expected(), NOW)
}

fn page(jws: &str) -> Result<RevocationPage, Refusal> {
    let expected =
        ExpectedPage { issuer: ISSUER, after: 7, max_age: Duration::from_secs(30), leeway: Duration::from_secs(2) };
    verify_revocation_page(jws, &KEYS, &expected, NOW)
}

fn signed(header: &[u8], payload: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &SECRET), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Whatever a good token says is what was expected of it.
fn is_expected(claims: &Claims) {
    assert_eq!((claims.issuer.as_str(), claims.audience.as_str(), claims.key_id.as_str()), (ISSUER, "api", "k"));
    assert!(claims.issued_at <= NOW + 2 && claims.expires_at > NOW);
    assert!(claims.expires_at - claims.issued_at <= 600);
    assert_eq!(claims.email.is_some(), claims.name.is_some());
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    match kind % 4 {
        // Any text: nobody has signed it.
        0 => {
            let text = String::from_utf8_lossy(rest);
            assert!(claims(&text).is_err() && page(&text).is_err());
        }
        // Any payload under a good header and a good signature.
        kind @ (1 | 2) => {
            let token = signed(HEADERS[usize::from(kind) - 1].as_bytes(), rest);
            let (claims, page) = (claims(&token), page(&token));
            assert!(claims.is_err() || page.is_err(), "one kind never passes for another");
            if let Ok(claims) = &claims {
                is_expected(claims);
                // A good token that was changed anywhere is none.
                for at in (0..token.len()).step_by(7) {
                    let mut other = token.clone().into_bytes();
                    other[at] ^= 1;
                    let other = String::from_utf8(other).expect("it is ASCII still");
                    assert!(self::claims(&other).is_err() && self::claims(&token[..at]).is_err());
                }
            }
            if let Ok(page) = &page {
                assert_eq!(page.after, 7);
                assert!((NOW - 32..=NOW + 2).contains(&page.issued_at));
            }
        }
        // Any header under a good signature: there is one, in one spelling of its members' values.
        _ => {
            let payload = format!(
                r#"{{"iss":"{ISSUER}","aud":"api","client_id":"c","sub":"{id}","sid":"{id}","jti":"{id}","epoch":1,"iat":{NOW},"nbf":{NOW},"exp":{},"role":"ADMIN"}}"#,
                NOW + 600,
                id = "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d",
            );
            if let Ok(claims) = claims(&signed(rest, payload.as_bytes())) {
                is_expected(&claims);
                let header: serde_json::Value = serde_json::from_slice(rest).expect("JSON");
                let good: serde_json::Value = serde_json::from_str(HEADERS[0]).expect("JSON");
                assert_eq!(header, good);
            }
        }
    }
});

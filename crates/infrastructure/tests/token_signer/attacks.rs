//! What is tried with keys, signatures and spellings.

use aws_lc_rs::{
    encoding::AsBigEndian,
    signature::{
        self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256,
        RsaPublicKeyComponents, UnparsedPublicKey,
    },
};
use doorward_application::ports::{FeedPage, PublicKey, PublicKeyMaterial};
use doorward_domain::Digest;

use super::*;

macro_rules! over_every_algorithm {
    ($($module:ident: $algorithm:expr),* $(,)?) => {
        $(
            mod $module {
                use super::*;

                const ALGORITHM: SigningAlgorithm = $algorithm;

                doorward_testkit::token_signer_contract!(subject(ALGORITHM));

                #[test]
                fn the_header_has_three_members_and_the_key_pairs_thumbprint() {
                    let signer = signer(ALGORITHM);
                    let (header, _) = genuine(&signer);
                    let kid = header["kid"].as_str().unwrap();
                    assert_eq!(header, json!({ "alg": ALGORITHM.as_str(), "typ": "at+jwt", "kid": kid }));
                    assert_eq!(URL_SAFE_NO_PAD.decode(kid).unwrap().len(), 32);
                    for key in signer.public_keys() {
                        assert_eq!((&*key.id, key.algorithm), (kid, ALGORITHM.as_str()));
                        assert_eq!(kid, thumbprint(&key));
                    }
                }

                #[test]
                fn no_other_spelling_of_a_part_is_accepted() {
                    let signer = signer(ALGORITHM);
                    let token = signer.sign(&claims(), now()).unwrap().into_inner();
                    let ends = token.match_indices('.').map(|(at, _)| at).chain([token.len()]);
                    for end in ends {
                        for last in ('0'..='9').chain('A'..='Z').chain('a'..='z').chain(['-', '_']) {
                            let other = format!("{}{last}{}", &token[..end - 1], &token[end..]);
                            if other != token {
                                refuses(&signer, &other);
                            }
                        }
                    }
                }

                #[test]
                fn what_is_public_is_no_hmac_secret() {
                    let signer = signer(ALGORITHM);
                    let (header, payload) = genuine(&signer);
                    let kid = header["kid"].as_str().unwrap().to_owned();
                    let public_keys = signer.public_keys();
                    let secrets = public_keys.iter().flat_map(public_bytes).chain([
                        Vec::new(),
                        vec![0; 32],
                        kid.clone().into_bytes(),
                        URL_SAFE_NO_PAD.decode(&kid).unwrap(),
                    ]);
                    let hmac_header = json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }).to_string();
                    for secret in secrets {
                        for header in [&hmac_header, &written_header(&signer)] {
                            let token = assemble(header, &payload.to_string(), |message| mac(&secret, message));
                            refuses(&signer, &token);
                        }
                    }
                }

                #[test]
                fn a_restart_leaves_tokens_good() {
                    let token = signer(ALGORITHM).sign(&claims(), now()).unwrap();
                    assert_eq!(signer(ALGORITHM).verify(token.expose(), now()), Ok(claims()));
                }

                #[test]
                fn the_private_key_is_sealed_and_not_published() {
                    let made = &made(ALGORITHM)[0];
                    let key = opened(made);
                    let secret = private_part(ALGORITHM, &key);
                    let shows = |bytes: &[u8]| bytes.windows(8).any(|window| secret.starts_with(window));
                    assert!(shows(&key) && !shows(&made.sealed) && !shows(made.id.as_bytes()));
                    let signer = signer(ALGORITHM);
                    assert!(signer.public_keys().iter().flat_map(public_bytes).all(|bytes| !shows(&bytes)));
                    assert_eq!(signer.public_keys().is_empty(), ALGORITHM == SigningAlgorithm::Hs256);
                }
            }
        )*
    };
}

over_every_algorithm! {
    es256: SigningAlgorithm::Es256,
    eddsa: SigningAlgorithm::EdDsa,
    rs256: SigningAlgorithm::Rs256,
    hs256: SigningAlgorithm::Hs256,
}

/// RFC 7638 §3.2 and RFC 8037 §2, written out.
fn thumbprint(key: &PublicKey) -> String {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let json = match &key.material {
        PublicKeyMaterial::P256 { x, y } => {
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y))
        }
        PublicKeyMaterial::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(x)),
        PublicKeyMaterial::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(e), text(n)),
    };
    text(Digest::of(json.as_bytes()).as_bytes())
}

/// 32 bytes that nobody but the signer may see.
fn private_part(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Vec<u8> {
    if algorithm == SigningAlgorithm::Es256 {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap();
        return pair.private_key().as_be_bytes().unwrap().as_ref().to_vec();
    }
    // The others end with something private.
    pkcs8[pkcs8.len() - 32..].to_vec()
}

/// The public key in the forms in which a careless verifier would take it for a secret.
fn public_bytes(key: &PublicKey) -> Vec<Vec<u8>> {
    match &key.material {
        PublicKeyMaterial::P256 { x, y } => vec![[&[4], &x[..], y].concat(), x.to_vec(), [*x, *y].concat()],
        PublicKeyMaterial::Ed25519 { x } => vec![x.to_vec()],
        PublicKeyMaterial::Rsa { n, e } => vec![n.clone(), e.clone(), [&n[..], e].concat()],
    }
}

#[test]
fn whoever_has_the_published_numbers_can_verify_tokens_and_pages() {
    let page = FeedPage { as_of: now(), after: 0, next: 0, complete: true, retention: TTL, entries: Vec::new() };
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa, SigningAlgorithm::Rs256] {
        let signer = signer(algorithm);
        let [key] = signer.public_keys().try_into().unwrap();
        let page = signer.sign_page(&page, now()).unwrap();
        for signed in [signer.sign(&claims(), now()).unwrap().into_inner(), page] {
            assert!(verifies(&key, &signed), "{algorithm:?}");
        }
    }
}

fn verifies(key: &PublicKey, signed: &str) -> bool {
    let (message, signature) = signed.rsplit_once('.').unwrap();
    let (message, signature) = (message.as_bytes(), URL_SAFE_NO_PAD.decode(signature).unwrap());
    let verified = match &key.material {
        PublicKeyMaterial::P256 { x, y } => {
            let point = [&[4], &x[..], y].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature)
        }
        PublicKeyMaterial::Ed25519 { x } => UnparsedPublicKey::new(&signature::ED25519, x).verify(message, &signature),
        PublicKeyMaterial::Rsa { n, e } => {
            assert_eq!(n.len(), 384, "3072 bits");
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature)
        }
    };
    verified.is_ok()
}

//! Access tokens: the contract over every algorithm, and what only an attacker who knows JWTs would try.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

#[path = "../memory_keys/mod.rs"]
mod memory_keys;

mod attacks;
mod claims;
mod keys;

use std::{sync::OnceLock, time::Duration};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{TokenSigner, VerifyError};
use doorward_domain::{
    Role, SessionId, Timestamp, TokenId, UserId,
    token::{AccessClaims, claims::ProfileClaims},
};
use doorward_infrastructure::{
    clock::SystemClock,
    jwt::{ExtraClaims, JwtOptions, JwtSigner, SigningAlgorithm},
    key_ring::KeyError,
};
use doorward_testkit::contract::token_signer::{Forge, Subject};
use memory_keys::{MemoryKeys, sealer, wait};
use serde_json::{Value, json};
use uuid::Uuid;

const TTL: Duration = Duration::from_mins(10);

/// The rows of a signer and those of a stranger. Made once for each algorithm: RSA keys take their time.
fn rows(algorithm: SigningAlgorithm) -> &'static [MemoryKeys; 2] {
    static ROWS: [OnceLock<[MemoryKeys; 2]>; 4] = [const { OnceLock::new() }; 4];
    let index = SigningAlgorithm::ALL.iter().position(|other| *other == algorithm).unwrap();
    ROWS[index].get_or_init(|| {
        let rows = [MemoryKeys::default(), MemoryKeys::default()];
        for rows in &rows {
            open(rows, algorithm);
        }
        rows
    })
}

fn options(algorithm: SigningAlgorithm) -> JwtOptions {
    JwtOptions {
        issuer: "https://login.example.com".to_owned(),
        audience: "https://api.example.com".to_owned(),
        client_id: "doorward".to_owned(),
        access_ttl: TTL,
        algorithm,
        extra_claims: ExtraClaims { user_id: true, session_id: true, id: true },
    }
}

async fn try_open(rows: &MemoryKeys, master: u8, options: JwtOptions) -> Result<JwtSigner, KeyError> {
    JwtSigner::open(rows, &sealer(master), &SystemClock, options).await
}

fn open(rows: &MemoryKeys, algorithm: SigningAlgorithm) -> JwtSigner {
    wait(try_open(rows, 1, options(algorithm))).unwrap()
}

fn signer(algorithm: SigningAlgorithm) -> JwtSigner {
    open(&rows(algorithm)[0], algorithm)
}

fn subject(algorithm: SigningAlgorithm) -> Subject {
    Subject {
        signer: Box::new(signer(algorithm)),
        stranger: Box::new(open(&rows(algorithm)[1], algorithm)),
        forge: forge(algorithm),
        access_ttl: TTL,
    }
}

/// Signs with the signer's own key, but not through the signer.
fn forge(algorithm: SigningAlgorithm) -> Forge {
    let [row] = rows(algorithm)[0].rows().try_into().unwrap();
    let key = sealer(1).open(&format!("keys/{}", row.id), &row.sealed).unwrap().into_inner();
    Box::new(move |header, payload| assemble(header, payload, |message| sign(algorithm, &key, message)))
}

fn assemble(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn sign(algorithm: SigningAlgorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    match algorithm {
        SigningAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key).unwrap();
            pair.sign(&random, message).unwrap().as_ref().to_vec()
        }
        SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(key).unwrap().sign(message).as_ref().to_vec(),
        SigningAlgorithm::Rs256 => {
            let pair = RsaKeyPair::from_pkcs8(key).unwrap();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
            signature
        }
        SigningAlgorithm::Hs256 => mac(key, message),
    }
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
}

fn claims() -> AccessClaims {
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(1)),
        session_id: SessionId::new(Uuid::from_u128(2)),
        token_id: TokenId::new(Uuid::from_u128(3)),
        epoch: 4,
        role: Role::Employer,
        issued_at: now(),
        expires_at: now() + TTL,
        profile: Some(ProfileClaims { email: "jane@example.com".to_owned(), name: "Jane Doe".to_owned() }),
    }
}

/// Header and payload of a genuine token.
fn genuine(signer: &JwtSigner) -> (Value, Value) {
    let token = signer.sign(&claims()).unwrap().into_inner();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let parts: Vec<_> = token.split('.').collect();
    (json(parts[0]), json(parts[1]))
}

/// The header as the signer writes it: it is compared byte for byte.
fn written_header(signer: &JwtSigner) -> String {
    let token = signer.sign(&claims()).unwrap().into_inner();
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn refuses(signer: &JwtSigner, token: &str) {
    assert_eq!(signer.verify(token, now()), Err(VerifyError::Invalid), "{token}");
}

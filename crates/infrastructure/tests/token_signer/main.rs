//! Access tokens: the contract over every algorithm, and what only an attacker who knows JWTs would try.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod attacks;
mod claims;
mod keys;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{KeySmith as _, MadeKey, RenewError, StoredSigningKey, TokenSigner, VerifyError};
use doorward_domain::{
    Role, Secret, SessionId, Timestamp, TokenId, UserId,
    key::{KeyMoments, SigningKey},
    token::{AccessClaims, claims::ProfileClaims},
};
use doorward_infrastructure::{
    Sealer,
    jwt::{ExtraClaims, JwtKeySmith, JwtOptions, JwtSigner, SigningAlgorithm},
};
use doorward_testkit::contract::token_signer::{Forge, Subject};
use serde_json::{Value, json};
use uuid::Uuid;

const TTL: Duration = Duration::from_mins(10);

/// A signer's key, a stranger's, and three more. Made once for each algorithm: RSA keys take their time.
fn made(algorithm: SigningAlgorithm) -> &'static [MadeKey; 5] {
    static MADE: [OnceLock<[MadeKey; 5]>; 4] = [const { OnceLock::new() }; 4];
    let index = SigningAlgorithm::ALL.iter().position(|other| *other == algorithm).unwrap();
    MADE[index].get_or_init(|| [(); 5].map(|()| make(algorithm)))
}

fn make(algorithm: SigningAlgorithm) -> MadeKey {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(JwtKeySmith::new(sealer(1)).make(algorithm.as_str())).unwrap()
}

/// A sealer under one of several master secrets.
fn sealer(master: u8) -> Arc<Sealer> {
    Arc::new(Sealer::new(&Secret::new(vec![master; 32]), &[]).unwrap())
}

/// The key as it is stored when it has signed from the beginning.
fn stored(made: &MadeKey, algorithm: &str) -> StoredSigningKey {
    let moments = KeyMoments {
        published_at: Timestamp::UNIX_EPOCH,
        signs_from: Timestamp::UNIX_EPOCH,
        revoked_at: None,
        retired_at: None,
    };
    let key = SigningKey::stored(made.id.clone(), algorithm.to_owned(), moments).unwrap();
    StoredSigningKey { key, sealed: Some(made.sealed.clone()) }
}

fn options() -> JwtOptions {
    JwtOptions {
        issuer: "https://login.example.com".to_owned(),
        audience: "https://api.example.com".to_owned(),
        client_id: "doorward".to_owned(),
        access_ttl: TTL,
        extra_claims: ExtraClaims { user_id: true, session_id: true, id: true },
    }
}

fn keyless(options: JwtOptions) -> JwtSigner {
    JwtSigner::new(sealer(1), options)
}

/// A signer with this key.
fn signer_of(made: &MadeKey, algorithm: SigningAlgorithm, options: JwtOptions) -> JwtSigner {
    let signer = keyless(options);
    signer.renew(&[stored(made, algorithm.as_str())]).unwrap();
    signer
}

/// The signer under other options.
fn signer_with(algorithm: SigningAlgorithm, options: JwtOptions) -> JwtSigner {
    signer_of(&made(algorithm)[0], algorithm, options)
}

fn signer(algorithm: SigningAlgorithm) -> JwtSigner {
    signer_with(algorithm, options())
}

fn subject(algorithm: SigningAlgorithm) -> Subject {
    let [_, stranger, keys @ ..] = made(algorithm).clone();
    Subject {
        signer: Box::new(signer(algorithm)),
        stranger: Box::new(signer_of(&stranger, algorithm, options())),
        keyless: Box::new(keyless(options())),
        algorithm: algorithm.as_str(),
        keys,
        forge: forge(algorithm),
        access_ttl: TTL,
    }
}

/// What the signer's key is made of.
fn opened(MadeKey { id, sealed }: &MadeKey) -> Vec<u8> {
    sealer(1).open(&format!("keys/{id}"), sealed).unwrap().into_inner()
}

/// Signs with the signer's own key, but not through the signer.
fn forge(algorithm: SigningAlgorithm) -> Forge {
    let key = opened(&made(algorithm)[0]);
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
    let token = signer.sign(&claims(), now()).unwrap().into_inner();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let parts: Vec<_> = token.split('.').collect();
    (json(parts[0]), json(parts[1]))
}

/// The header as the signer writes it.
fn written_header(signer: &JwtSigner) -> String {
    let token = signer.sign(&claims(), now()).unwrap().into_inner();
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn refuses(signer: &JwtSigner, token: &str) {
    assert_eq!(signer.verify(token, now()), Err(VerifyError::Invalid), "{token}");
}

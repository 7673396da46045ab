//! The strict validation: examples of the RFCs, and what only an attacker who knows JWTs would try.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod changes;
mod claims;
mod forgeries;
mod headers;
mod key_sets;
mod keys;
mod pages;
mod rfc;
mod signatures;
mod signers;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_verifier::{Algorithm, Claims, Expected, KeySet, Refusal, VerifyingKey, verify_access_token};
use serde_json::{Map, Value, json};
use signers::{Signer, signer};
use uuid::Uuid;

const NOW: i64 = 1_800_000_000;

/// Base64url of anything.
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The members of a JSON object.
fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn expected() -> Expected {
    Expected {
        issuer: "https://login.example.com".to_owned(),
        audience: "https://api.example.com".to_owned(),
        client_id: Some("doorward".to_owned()),
        max_life: Duration::from_mins(10),
        leeway_before: Duration::from_secs(2),
        leeway_after: Duration::ZERO,
    }
}

/// The payload of a token that is good now.
fn payload() -> Value {
    json!({
        "iss": "https://login.example.com", "aud": "https://api.example.com", "client_id": "doorward",
        "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3), "epoch": 4,
        "iat": NOW, "nbf": NOW, "exp": NOW + 600, "role": "EMPLOYER",
        "email": "jane@example.com", "name": "Jane Doe", "userId": Uuid::from_u128(1),
    })
}

/// The payload with one change.
fn payload_with(name: &str, value: Value) -> Value {
    let mut payload = payload();
    payload[name] = value;
    payload
}

/// Every key of the tests.
fn all_keys() -> KeySet {
    KeySet::from_keys(Algorithm::ALL.map(|algorithm| signer(algorithm).key())).unwrap()
}

/// What becomes of a token now.
fn verify(token: &str) -> Result<Claims, Refusal> {
    verify_access_token(token, &all_keys(), &expected(), NOW)
}

/// What becomes of a payload under a good header and a good signature.
fn verify_payload(payload: &str) -> Result<Claims, Refusal> {
    let signer = signer(Algorithm::EdDsa);
    verify(&signer.assemble(&signer.header("at+jwt"), payload))
}

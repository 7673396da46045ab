//! A token signer without cryptography.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{PublicKey, SignError, TokenSigner, VerifyError};
use doorward_domain::{Secret, Timestamp, token::AccessClaims};
use serde_json::{Value, json};

/// Remembers the tokens it has issued: what it did not issue is not one of its tokens, whatever it says. The tokens
/// look like JWTs of the algorithm `fake`.
#[derive(Debug)]
pub struct FakeSigner {
    key: &'static str,
    issued: Mutex<HashMap<String, AccessClaims>>,
}

impl Default for FakeSigner {
    fn default() -> Self {
        Self::of_key("fake")
    }
}

impl FakeSigner {
    /// A signer whose tokens name this key.
    #[must_use]
    pub fn of_key(key: &'static str) -> Self {
        Self { key, issued: Mutex::default() }
    }
}

impl TokenSigner for FakeSigner {
    fn sign(&self, claims: &AccessClaims) -> Result<Secret<String>, SignError> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let header = part(json!({ "alg": "fake", "typ": "at+jwt", "kid": self.key }));
        let payload = part(json!({
            "iss": "fake",
            "aud": "fake",
            "client_id": "fake",
            "sub": claims.subject.to_string(),
            "sid": claims.session_id.to_string(),
            "jti": claims.token_id.to_string(),
            "epoch": claims.epoch,
            "iat": claims.issued_at.timestamp(),
            "nbf": claims.issued_at.timestamp(),
            "exp": claims.expires_at.timestamp(),
            "role": claims.role.as_str(),
        }));
        let token = format!("{header}.{payload}.{}", part(json!([self.key, issued.len()])));
        issued.insert(token.clone(), claims.clone());
        Ok(Secret::new(token))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = issued.get(token).filter(|claims| claims.issued_at <= now).ok_or(VerifyError::Invalid)?;
        if now >= claims.expires_at { Err(VerifyError::Expired) } else { Ok(claims.clone()) }
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::FakeSigner;
    use crate::contract::token_signer::Subject;

    /// With the signature that the first token has.
    fn forge(header: &str, payload: &str) -> String {
        [header, payload, r#"["fake",0]"#].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
    }

    crate::token_signer_contract!(Subject {
        signer: Box::new(FakeSigner::default()),
        stranger: Box::new(FakeSigner::of_key("stranger")),
        forge: Box::new(forge),
        access_ttl: Duration::from_mins(10),
    });
}

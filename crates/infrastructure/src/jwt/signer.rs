//! Signs access tokens and pages of the revocation feed, and verifies access tokens.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use doorward_application::ports::{
    FeedPage, PublicKey, RenewError, SignError, StoredSigningKey, TokenSigner, VerifyError,
};
use doorward_domain::{Secret, Timestamp, token::AccessClaims};
use doorward_verifier::{Expected, Refusal, verify_access_token};

use super::{
    JwtOptions,
    key::JwtKey,
    keys::Keys,
    page::PagePayload,
    payload::{Payload, access_claims},
};
use crate::Sealer;

/// Signs with the key that the ring names and verifies what every key in the ring signed that holds, each with its own
/// algorithm only. What is accepted is for `doorward-verifier` to say, as it does in the services that receive tokens.
///
/// The text of a token is not its identity: ECDSA has a second valid signature for each. Whoever ends a token does
/// so by `sid` or `jti`.
pub struct JwtSigner {
    keys: RwLock<Arc<Keys>>,
    sealer: Arc<Sealer>,
    options: JwtOptions,
    expected: Expected,
}

impl JwtSigner {
    /// How far the clocks of two nodes may be apart: a node whose clock is more than a second off the database's is
    /// not ready.
    const CLOCK_SKEW: Duration = Duration::from_secs(2);

    /// A signer that has no keys yet, and opens those that it gets with this sealer.
    #[must_use]
    pub fn new(sealer: Arc<Sealer>, options: JwtOptions) -> Self {
        let expected = Expected {
            issuer: options.issuer.clone(),
            audience: options.audience.clone(),
            client_id: Some(options.client_id.clone()),
            max_life: options.access_ttl,
            leeway_before: Self::CLOCK_SKEW,
            leeway_after: Duration::ZERO,
        };
        Self { keys: RwLock::default(), sealer, options, expected }
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Signs with the key that signs at this moment.
    fn sign_with(
        &self,
        now: Timestamp,
        sign: impl FnOnce(&JwtKey) -> Result<String, jsonwebtoken::errors::Error>,
    ) -> Result<String, SignError> {
        let keys = self.keys();
        let key = keys.signing(now).ok_or_else(no_key)?;
        sign(key).map_err(|cause| SignError(cause.to_string()))
    }
}

fn no_key() -> SignError {
    SignError("there is no key to sign with".to_owned())
}

impl TokenSigner for JwtSigner {
    fn sign(&self, claims: &AccessClaims, now: Timestamp) -> Result<Secret<String>, SignError> {
        let payload = Payload::new(claims, &self.options);
        self.sign_with(now, |key| key.sign_token(&payload)).map(Secret::new)
    }

    fn can_sign(&self, now: Timestamp) -> Result<(), SignError> {
        self.keys().signing(now).map(drop).ok_or_else(no_key)
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError> {
        let verified = verify_access_token(token, self.keys().verifying(), &self.expected, now.timestamp());
        let claims = verified.map_err(|refusal| match refusal {
            Refusal::Expired => VerifyError::Expired,
            Refusal::Malformed
            | Refusal::UnknownKey(_)
            | Refusal::Signature
            | Refusal::Claims
            | Refusal::Issuer
            | Refusal::Audience
            | Refusal::Client
            | Refusal::Life
            | Refusal::NotYet
            | Refusal::Cursor => VerifyError::Invalid,
        })?;
        access_claims(claims).ok_or(VerifyError::Invalid)
    }

    fn sign_page(&self, page: &FeedPage, now: Timestamp) -> Result<String, SignError> {
        let payload = PagePayload::new(page, &self.options.issuer);
        self.sign_with(now, |key| key.sign_page(&payload))
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys().held().filter_map(JwtKey::public).cloned().collect()
    }

    fn renew(&self, stored: &[StoredSigningKey]) -> Result<(), RenewError> {
        let (keys, renewed) = self.keys().renewed(stored, &self.sealer);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        renewed.map_err(|cause| RenewError(cause.to_string()))
    }
}

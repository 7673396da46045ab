//! Signs access tokens and verifies them.

use std::iter;

use doorward_application::ports::{Clock, PublicKey, SignError, TokenSigner, VerifyError};
use doorward_domain::{Secret, Timestamp, token::AccessClaims};

use super::{
    JwtOptions,
    key::JwtKey,
    payload::{Payload, Unrepeated},
};
use crate::{
    Sealer,
    key_ring::{self, KeyError, KeyRows},
    store::keys::KeyPurpose,
};

/// Signs access tokens with the newest key of the configured algorithm and verifies those of every key in the ring,
/// each with its own algorithm only.
///
/// A token is one of ours if its header is, byte for byte, the header that one of the keys signs under. So nothing
/// in a header is ever interpreted: not `alg`, `kid` or `typ` other than ours, not `crit`, `jwk` or `jku`.
///
/// The text of a token is not its identity: ECDSA has a second valid signature for each. Whoever ends a token does
/// so by `sid` or `jti`.
pub struct JwtSigner {
    newest: JwtKey,
    others: Vec<JwtKey>,
    options: JwtOptions,
}

impl JwtSigner {
    /// Longer texts are refused unread: what [`sign`](TokenSigner::sign) makes is shorter.
    const MAX_LEN: usize = 8 * 1024;

    /// Opens the ring of access token keys, and makes the first key where there is none of the algorithm.
    ///
    /// The ring is read once: a key that another node makes later is not known here until the next start.
    pub async fn open(
        rows: &dyn KeyRows,
        sealer: &Sealer,
        clock: &dyn Clock,
        options: JwtOptions,
    ) -> Result<Self, KeyError> {
        let algorithm = options.algorithm;
        let make = || JwtKey::generate(algorithm);
        let purpose = KeyPurpose::AccessToken;
        let mut ring = key_ring::open(rows, sealer, purpose, algorithm.as_str(), clock.now(), make).await?;
        let newest = ring
            .iter()
            .rposition(|key| key.algorithm == algorithm.as_str())
            .ok_or(KeyError::NotMade { algorithm: algorithm.as_str() })?;
        let newest = JwtKey::load(ring.remove(newest))?;
        let others = ring.into_iter().map(JwtKey::load).collect::<Result<_, _>>()?;
        Ok(Self { newest, others, options })
    }

    fn keys(&self) -> impl Iterator<Item = &JwtKey> {
        iter::once(&self.newest).chain(&self.others)
    }
}

impl TokenSigner for JwtSigner {
    fn sign(&self, claims: &AccessClaims) -> Result<Secret<String>, SignError> {
        let payload = Payload::new(claims, &self.options);
        self.newest.sign(&payload).map(Secret::new).map_err(|cause| SignError(cause.to_string()))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError> {
        if token.len() > Self::MAX_LEN {
            return Err(VerifyError::Invalid);
        }
        let (header, _) = token.split_once('.').ok_or(VerifyError::Invalid)?;
        let key = self.keys().find(|key| key.has_header(header)).ok_or(VerifyError::Invalid)?;
        let Unrepeated::<Payload>(payload) = key.open(token).map_err(|_| VerifyError::Invalid)?;
        payload.read(&self.options, now)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys().filter_map(JwtKey::public).cloned().collect()
    }
}

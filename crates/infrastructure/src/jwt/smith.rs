//! Makes keys for access tokens.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::ports::{KeySmith, MadeKey, SmithError};
use tokio::task::spawn_blocking;

use super::{SigningAlgorithm, key::JwtKey};
use crate::{
    Sealer,
    key_ring::{self, NewKey},
};

/// Makes keys for access tokens, sealed under the master secret.
pub struct JwtKeySmith {
    sealer: Arc<Sealer>,
}

impl JwtKeySmith {
    /// A smith that seals with this sealer.
    #[must_use]
    pub const fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer }
    }
}

#[async_trait]
impl KeySmith for JwtKeySmith {
    async fn make(&self, algorithm: &'static str) -> Result<MadeKey, SmithError> {
        let failed = |reason: &str| SmithError { algorithm, reason: reason.to_owned() };
        let known = SigningAlgorithm::parse(algorithm).ok_or_else(|| failed("this version does not know it"))?;
        // An RSA key takes a good part of a second.
        let made = spawn_blocking(move || JwtKey::generate(known)).await.map_err(|cause| failed(&cause.to_string()))?;
        let NewKey { id, secret } = made.ok_or_else(|| failed("there is no randomness"))?;
        let sealed = self.sealer.seal(&key_ring::context(&id), secret.expose());
        Ok(MadeKey { sealed: sealed.map_err(|_| failed("it cannot be sealed"))?, id })
    }
}

//! New signing keys.

use async_trait::async_trait;
use thiserror::Error;

/// A signing key that has just been made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeKey {
    /// `kid`: its thumbprint (RFC 7638), or random for a symmetric key.
    pub id: String,
    /// What it is made of, sealed for the store.
    pub sealed: Vec<u8>,
}

/// Makes signing keys.
///
/// - A key that it made MUST be one that the `TokenSigner` can be given.
/// - No two keys MUST have the same id, whoever made them.
#[async_trait]
pub trait KeySmith: Send + Sync {
    /// Makes a key for this algorithm, which may take a second.
    async fn make(&self, algorithm: &'static str) -> Result<MadeKey, SmithError>;
}

/// No key was made.
#[derive(Debug, Error)]
#[error("no {algorithm} key could be made: {reason}")]
pub struct SmithError {
    /// For which algorithm.
    pub algorithm: &'static str,
    /// Why not.
    pub reason: String,
}

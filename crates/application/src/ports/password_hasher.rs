//! Hashing of passwords.

use async_trait::async_trait;
use doorward_domain::user::{Password, PasswordHash};
use thiserror::Error;

/// Hashes passwords and compares them with what is stored.
///
/// - [`hash`](Self::hash) MUST salt: two hashes of one password differ.
/// - [`verify`](Self::verify) MUST say [`Verdict::Match`] for the password that was hashed and for no other, and
///   MUST ask for a re-hash when the stored hash is weaker than, or of another kind than, what `hash` makes now.
/// - A stored hash that is malformed, or that asks for more than 256 MiB of memory or an unbounded time, MUST be a
///   mismatch, never a panic.
/// - [`verify_nobody`](Self::verify_nobody) MUST cost what a `verify` of a current hash costs, so that an unknown
///   user cannot be told from a wrong password by the time it takes.
/// - The number of hashes that run at once MUST be bounded, and what cannot run soon MUST be refused as
///   [`HashError::Overloaded`].
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password that was chosen.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Compares a password with a stored hash.
    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError>;

    /// Does the work of a comparison that nobody's password could pass.
    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError>;
}

/// How a password compares with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Match {
        /// The stored hash should be replaced by a new one of the same password.
        rehash: bool,
    },
    /// It is not.
    Mismatch,
}

/// A password was not hashed.
#[derive(Debug, Error)]
pub enum HashError {
    /// Too much is waiting to be hashed; the caller may try again in a moment.
    #[error("too many passwords are waiting to be hashed")]
    Overloaded,
    /// The hasher broke.
    #[error("the password hasher failed: {0}")]
    Failed(String),
}

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
/// - What [`recognise`](Self::recognise) accepts, `verify` MUST be able to verify; what it does not, MUST be a mismatch.
///   It MUST only read: no work that the text asks for is done.
/// - [`wrap`](Self::wrap) MUST make of every hash that is accepted, and is of another kind than those `hash` makes, one
///   of that kind over it: the same passwords match it, `verify` asks for a re-hash, and the inner hash is not in it.
///   Of anything else it MUST make nothing. It counts among the hashes that run at once.
/// - What `hash` and `wrap` make MUST begin with `$argon2id`, and no accepted hash of another kind does, so that a store
///   can tell which there are to wrap.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password that was chosen.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Compares a password with a stored hash.
    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError>;

    /// Does the work of a comparison that nobody's password could pass.
    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError>;

    /// Says whether a hash from elsewhere can be stored, and if not, why.
    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash>;

    /// Puts a hash of now over a hash of another kind, so that nobody has to sign in before a stolen database is worth
    /// as little as one of today. `None` if there is nothing to wrap.
    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError>;
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

/// Why no password could ever match a stored hash. The text is a sentence that a person may be shown; it never repeats
/// the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnusableHash {
    /// None of the kinds that can be verified begins like this.
    #[error("This hash is of no kind that can be verified.")]
    UnknownKind,
    /// It begins like a known kind and does not go on like it.
    #[error("This hash is malformed.")]
    Malformed,
    /// Whoever verified it would work longer, or with more memory, than a stored text may demand.
    #[error("The parameters of this hash are out of bounds.")]
    OutOfBounds,
}

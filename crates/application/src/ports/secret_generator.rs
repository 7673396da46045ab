//! Randomness.

use doorward_domain::Secret;

/// Makes secrets.
///
/// An adapter MUST draw every byte from a cryptographically secure generator (ASVS 11.5.1), and MUST NOT return if
/// it has none: a weak secret is worse than a crash.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SecretGenerator: Send + Sync {
    /// 128 random bits.
    fn bytes16(&self) -> Secret<[u8; 16]>;

    /// 256 random bits.
    fn bytes32(&self) -> Secret<[u8; 32]>;
}

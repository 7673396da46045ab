//! The signing keys in the store.

use async_trait::async_trait;
use doorward_domain::key::{KeyRevocation, Promotion, Retirement, SigningKey};

use super::StoreError;

/// A signing key as it is stored: what it is made of is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// Its place in the ring.
    pub key: SigningKey,
    /// What it is made of, sealed; nothing when it was revoked or retired.
    pub sealed: Option<Vec<u8>>,
}

/// Signing keys.
///
/// - What is read MUST equal what was written, to the microsecond.
/// - Units that [`lock`](Self::lock) the ring MUST run one after the other, on all nodes: of two that find it empty,
///   the second finds the first one's key.
/// - Two keys MUST NOT have one id.
/// - Every change of the ring MUST be among what its unit has revoked, and a revocation by its key's id too.
#[async_trait]
pub trait SigningKeyRepository: Send {
    /// Every key, by when it signs from, the oldest first.
    async fn list(&mut self) -> Result<Vec<StoredSigningKey>, StoreError>;

    /// The same; until this unit ends, no other unit can lock the ring.
    async fn lock(&mut self) -> Result<Vec<StoredSigningKey>, StoreError>;

    /// Adds a key.
    async fn insert(&mut self, key: &StoredSigningKey) -> Result<(), StoreError>;

    /// Lets a key sign earlier, if it was neither revoked nor retired. Says whether it did.
    async fn promote(&mut self, promotion: &Promotion) -> Result<bool, StoreError>;

    /// Revokes a key, unless it was revoked or retired before, and wipes what it is made of. Says whether it did.
    async fn revoke(&mut self, revocation: &KeyRevocation) -> Result<bool, StoreError>;

    /// Retires a key, unless it was revoked or retired before, and wipes what it is made of. Says whether it did.
    async fn retire(&mut self, retirement: &Retirement) -> Result<bool, StoreError>;
}

//! One-time tokens in the store.

use async_trait::async_trait;
use doorward_domain::{
    Digest, OneTimeTokenId, Timestamp, UserId,
    token::{OneTimePurpose, OneTimeToken},
};

use super::StoreError;

/// Tokens that were sent by mail, stored as digests.
///
/// - [`consume`](Self::consume) MUST succeed at most once for a token, also among units that run at once.
/// - A token that was discarded MUST be found by nobody.
#[async_trait]
pub trait OneTimeTokenRepository: Send {
    /// Adds a token of a user that was added before.
    async fn insert(&mut self, token: &OneTimeToken) -> Result<(), StoreError>;

    /// The token with this digest, if there is one for this purpose that has been neither used nor expired. To use
    /// it up, its user is locked first, and then it is consumed.
    async fn find(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError>;

    /// Uses the token up, unless it was used or discarded before. Says whether it did.
    async fn consume(&mut self, id: OneTimeTokenId, now: Timestamp) -> Result<bool, StoreError>;

    /// Discards the user's tokens for these purposes; where `since` is a token, only those that are not older.
    async fn discard(
        &mut self,
        user_id: UserId,
        purposes: &[OneTimePurpose],
        since: Option<OneTimeTokenId>,
    ) -> Result<(), StoreError>;

    /// Forgets at most `limit` tokens whose time was over at this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

//! One-time tokens in the store.

use async_trait::async_trait;
use doorward_domain::{
    Digest, Timestamp,
    token::{OneTimePurpose, OneTimeToken},
};

use super::StoreError;

/// Tokens that were sent by mail, stored as digests.
///
/// - [`consume`](Self::consume) MUST succeed at most once for a token, also among units that run at once.
#[async_trait]
pub trait OneTimeTokenRepository: Send {
    /// Adds a token of a user that was added before.
    async fn insert(&mut self, token: &OneTimeToken) -> Result<(), StoreError>;

    /// Uses up the token with this digest, if there is one for this purpose that has been neither used nor expired.
    async fn consume(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError>;
}

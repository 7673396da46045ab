//! Invitations in the store.

use async_trait::async_trait;
use doorward_domain::{Digest, InvitationId, Timestamp, UserId, invitation::Invitation, user::EmailAddress};

use super::StoreError;

/// Invitations, stored with the digests of their tokens.
///
/// - [`accept`](Self::accept) and [`withdraw`](Self::withdraw) together MUST succeed at most once for an invitation,
///   also among units that run at once.
/// - What is read MUST equal what was written.
#[async_trait]
pub trait InvitationRepository: Send {
    /// Adds an invitation.
    async fn insert(&mut self, invitation: &Invitation) -> Result<(), StoreError>;

    /// The invitation whose token has this digest, whatever became of it.
    async fn find(&mut self, digest: &Digest) -> Result<Option<Invitation>, StoreError>;

    /// Notes who signed up with the invitation, if it is open at this moment. Says whether it was.
    async fn accept(&mut self, id: InvitationId, by: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes the invitation back, if it is open at this moment. Says whether it was.
    async fn withdraw(&mut self, id: InvitationId, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes every open invitation of an address back. Says how many there were.
    async fn withdraw_all(&mut self, email: &EmailAddress, now: Timestamp) -> Result<u64, StoreError>;

    /// A page of all invitations, the latest first.
    async fn list(&mut self, after: Option<InvitationId>, limit: u32) -> Result<Vec<Invitation>, StoreError>;

    /// Every invitation of this address, the latest first.
    async fn list_of(&mut self, email: &EmailAddress) -> Result<Vec<Invitation>, StoreError>;

    /// Forgets every invitation of this address.
    async fn delete_of(&mut self, email: &EmailAddress) -> Result<(), StoreError>;

    /// Forgets at most `limit` invitations that expired before this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

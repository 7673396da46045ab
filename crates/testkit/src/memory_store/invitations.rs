//! Invitations.

use async_trait::async_trait;
use doorward_application::ports::{InvitationRepository, StoreError};
use doorward_domain::{
    Digest, InvitationId, Timestamp, UserId,
    invitation::{Invitation, InvitationEnd, InvitationState},
    user::EmailAddress,
};

use super::{Tables, count, unit_of_work::MemoryUnitOfWork};

impl Tables {
    /// The invitation, if it can be accepted or taken back.
    fn open_invitation(&mut self, id: InvitationId, now: Timestamp) -> Option<&mut Invitation> {
        self.invitations.get_mut(&id).filter(|invitation| invitation.state(now) == InvitationState::Open)
    }
}

fn is_of(invitation: &Invitation, email: &EmailAddress) -> bool {
    invitation.email.canonical() == email.canonical()
}

#[async_trait]
impl InvitationRepository for MemoryUnitOfWork {
    async fn insert(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        let tables = self.write()?;
        if tables.invitations.values().any(|other| other.digest == invitation.digest) {
            return Err(StoreError::new("the invitation's digest is taken"));
        }
        match tables.invitations.insert(invitation.id, invitation.clone()) {
            Some(_) => Err(StoreError::new("the invitation's id is taken")),
            None => Ok(()),
        }
    }

    async fn find(&mut self, digest: &Digest) -> Result<Option<Invitation>, StoreError> {
        Ok(self.read().invitations.values().find(|invitation| invitation.digest == *digest).cloned())
    }

    async fn accept(&mut self, id: InvitationId, by: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let open = self.write()?.open_invitation(id, now);
        Ok(open.map(|invitation| invitation.closed = Some(InvitationEnd::Accepted { at: now, by })).is_some())
    }

    async fn withdraw(&mut self, id: InvitationId, now: Timestamp) -> Result<bool, StoreError> {
        let open = self.write()?.open_invitation(id, now);
        Ok(open.map(|invitation| invitation.closed = Some(InvitationEnd::Withdrawn { at: now })).is_some())
    }

    async fn withdraw_all(&mut self, email: &EmailAddress, now: Timestamp) -> Result<u64, StoreError> {
        let all = self.write()?.invitations.values_mut();
        let open = all.filter(|other| is_of(other, email) && other.state(now) == InvitationState::Open);
        Ok(count(open.map(|invitation| invitation.closed = Some(InvitationEnd::Withdrawn { at: now }))))
    }

    async fn list(&mut self, after: Option<InvitationId>, limit: u32) -> Result<Vec<Invitation>, StoreError> {
        let latest = self.read().invitations.values().rev();
        let page = latest.filter(|invitation| after.is_none_or(|after| invitation.id < after));
        Ok(page.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn list_of(&mut self, email: &EmailAddress) -> Result<Vec<Invitation>, StoreError> {
        Ok(self.read().invitations.values().rev().filter(|invitation| is_of(invitation, email)).cloned().collect())
    }

    async fn delete_of(&mut self, email: &EmailAddress) -> Result<(), StoreError> {
        self.write()?.invitations.retain(|_, invitation| !is_of(invitation, email));
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let expired = self.write()?.invitations.extract_if(.., |_, invitation| invitation.expires_at < before);
        Ok(count(expired.take(usize::try_from(limit).unwrap_or(usize::MAX))))
    }
}

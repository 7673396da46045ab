//! The way back to the old address.

use doorward_domain::{
    audit::AuditKind,
    session::Device,
    token::{OneTimePurpose, OneTimeSecret},
};

use super::{ConfirmEmailError, Removal, disown::secure};
use crate::{
    Ports,
    mail::Post,
    ports::Access,
    trail::{Entry, Trail},
};

/// Gives an account back to the address that it had, by the link that was sent there.
pub struct UndoEmailChange {
    ports: Ports,
    removal: Removal,
    post: Post,
    trail: Trail,
}

impl UndoEmailChange {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), removal: Removal::new(ports), post: Post::new(ports), trail: Trail::new(ports) }
    }

    /// Undoes the change, and every later one: whoever made them can undo nothing. Every session ends, the password
    /// works no longer, and a mail to the old address lets choose another. A deletion that was asked for meanwhile is
    /// undone too.
    pub async fn execute(&self, token: &str, device: Device) -> Result<(), ConfirmEmailError> {
        const PURPOSE: OneTimePurpose = OneTimePurpose::UndoEmailChange;
        let secret = OneTimeSecret::parse(token).ok_or(ConfirmEmailError::InvalidToken)?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let redeemed = self.post.redeem(unit.as_mut(), PURPOSE, &secret, now).await?;
        let (token, mut user) = redeemed.ok_or(ConfirmEmailError::InvalidToken)?;
        // Whoever changed the address may have taken the old one in the meantime, to close this very way.
        if user.email.canonical() != token.address.canonical() {
            self.removal.evict(unit.as_mut(), &token.address, now).await?;
        }
        user.email = token.address;
        user.email_verified_at = Some(now);
        user.proof_due_at = None;
        user.deletes_at = None;
        // Earlier ones stay: an address that had the account before this one can still take it back.
        unit.one_time_tokens().discard(user.id, &[PURPOSE, OneTimePurpose::Disown], Some(token.id)).await?;
        let entry = Entry::of(AuditKind::EmailChangeUndone, user.id, device);
        secure(unit.as_mut(), &self.post, user, now).await.map_err(ConfirmEmailError::of_update)?;
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

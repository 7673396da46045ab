//! The proof of an address.

use doorward_domain::{
    audit::AuditKind,
    session::Device,
    token::{OneTimePurpose, OneTimeSecret},
};

use super::LinkError;
use crate::{
    Ports,
    mail::Post,
    ports::Access,
    trail::{Entry, Trail},
};

/// Proves that the user reads the mail of the account's address.
pub struct VerifyEmail {
    ports: Ports,
    post: Post,
    trail: Trail,
}

impl VerifyEmail {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), trail: Trail::new(ports) }
    }

    /// Uses the token up.
    pub async fn execute(&self, token: &str, device: Device) -> Result<(), LinkError> {
        let secret = OneTimeSecret::parse(token).ok_or(LinkError::InvalidToken)?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let redeemed = self.post.redeem(unit.as_mut(), OneTimePurpose::VerifyEmail, &secret, now).await?;
        let (_, mut user) = redeemed.ok_or(LinkError::InvalidToken)?;
        user.prove_email(now);
        unit.users().update(&user).await?;
        self.trail.record(unit.as_mut(), Entry::of(AuditKind::EmailVerified, user.id, device), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

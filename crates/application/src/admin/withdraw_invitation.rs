//! An invitation, taken back.

use doorward_domain::{InvitationId, UserId, audit::AuditKind};

use super::{AdminActError, authority::authorised};
use crate::{
    Actor, Ports,
    ports::Access,
    trail::{Entry, Trail},
};

/// Takes an invitation back.
pub struct WithdrawInvitation {
    ports: Ports,
    trail: Trail,
}

impl WithdrawInvitation {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Takes it back, if it is open: one that was accepted, was taken back or has expired is not found.
    pub async fn execute(&self, actor: &Actor, id: InvitationId) -> Result<(), AdminActError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        authorised(unit.as_mut(), actor, now).await?;
        if !unit.invitations().withdraw(id, now).await? {
            return Err(AdminActError::NotFound);
        }
        let entry = Entry::by(AuditKind::InvitationWithdrawn, actor).to(None::<UserId>);
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

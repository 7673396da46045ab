//! The way to a new password, opened by an administrator.

use doorward_domain::{UserId, audit::AuditKind};

use super::{AdminActError, authority::authorised};
use crate::{
    Actor, Ports,
    mail::Post,
    ports::{Access, Facts, MessageKind},
    trail::{Entry, Trail},
};

/// Sends a user the link to a new password. Only the user sees it: no administrator chooses a password or reads one
/// (ASVS 5.0 6.4.6).
pub struct StartReset {
    ports: Ports,
    post: Post,
    trail: Trail,
}

impl StartReset {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), trail: Trail::new(ports) }
    }

    /// Writes to the user, a deactivated one too, whom a new password does not activate. The old password and the
    /// sessions stay good until the new one is chosen; earlier links do not.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(), AdminActError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        let user = found.ok_or(AdminActError::NotFound)?;
        self.post.write(unit.as_mut(), &user, MessageKind::ResetPassword, Facts::default(), now).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::ResetStarted, actor).to(id), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

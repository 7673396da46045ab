//! A user's right to sign in, given back.

use doorward_domain::{
    UserId,
    audit::AuditKind,
    user::{User, UserStatus},
};

use super::{AdminActError, authority::authorised};
use crate::{
    Actor, Ports,
    ports::Access,
    trail::{Entry, Trail},
};

/// Lets a deactivated user sign in again.
pub struct ActivateUser {
    ports: Ports,
    trail: Trail,
}

impl ActivateUser {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Activates the user; the sessions of before stay ended. A deletion that the user asked for stays due. To do it
    /// once more changes nothing.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<User, AdminActError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        let mut user = found.ok_or(AdminActError::NotFound)?;
        if user.status.is_active() {
            return Ok(user);
        }
        user.status = UserStatus::Active;
        user.epoch += 1;
        unit.users().update(&user).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::UserActivated, actor).to(id), now).await?;
        unit.commit().await?;
        Ok(user)
    }
}

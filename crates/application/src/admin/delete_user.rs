//! The end of an account, by an administrator.

use doorward_domain::{UserId, audit::AuditKind};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of};
use crate::{Actor, Fault, Forbidden, Ports, account::Removal, fault::faults_of, ports::Access, trail::Entry};

/// Why the account stays.
#[derive(Debug, Error)]
pub enum DeleteUserError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such user.
    #[error("not found")]
    NotFound,
    /// The platform would be left without an administrator.
    #[error("the last administrator")]
    LastAdmin,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(DeleteUserError);
authority_of!(DeleteUserError);

/// Ends an account at once: the time in which it can be kept after all is for owners who change their minds.
pub struct DeleteUser {
    ports: Ports,
    removal: Removal,
}

impl DeleteUser {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), removal: Removal::new(ports) }
    }

    /// Removes the user and all that is the user's.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(), DeleteUserError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let admins = unit.users().lock_active_admins().await?;
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        let user = found.ok_or(DeleteUserError::NotFound)?;
        if admins == [user.id] {
            return Err(DeleteUserError::LastAdmin);
        }
        let entry = Entry::by(AuditKind::AccountDeleted, actor).to(id);
        self.removal.remove(unit.as_mut(), &user, entry, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

//! The end of an account, for good.

use doorward_domain::{Timestamp, user::User};

use crate::{
    Fault, Ports,
    ports::UnitOfWork,
    trail::{Entry, Trail},
};

/// Removes accounts.
#[derive(Clone)]
pub(crate) struct Removal {
    trail: Trail,
}

impl Removal {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { trail: Trail::new(ports) }
    }

    /// Removes a user whom this unit has locked, and everything that names them but identifiers: the audit log keeps
    /// what happened and forgets from what device. `entry` says why; it stays.
    pub(crate) async fn remove(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        entry: Entry<'_>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let entry = if entry.is_by(user.id) { entry.without_device() } else { entry };
        unit.audit().forget_devices(user.id).await?;
        unit.invitations().delete_of(&user.email).await?;
        unit.users().delete(user.id).await?;
        Ok(self.trail.record(unit, entry, now).await?)
    }
}

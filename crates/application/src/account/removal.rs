//! The end of an account, for good.

use doorward_domain::{
    Timestamp,
    audit::AuditKind,
    user::{EmailAddress, Identifier, User},
};

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
        // Whoever never proved the address has no say about what was sent there.
        if user.email_verified_at.is_some() {
            unit.invitations().delete_of(&user.email).await?;
        }
        unit.users().delete(user.id).await?;
        Ok(self.trail.record(unit, entry, now).await?)
    }

    /// Removes the account that someone has with an address that they never proved, because its owner shows up now.
    pub(crate) async fn evict(
        &self,
        unit: &mut dyn UnitOfWork,
        address: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(found) = unit.users().find_by_identifier(&Identifier::Email(address.clone())).await? else {
            return Ok(());
        };
        let holder = unit.users().lock(found.id).await?;
        if let Some(holder) = holder.filter(|holder| holder.email_verified_at.is_none() && holder.email == found.email)
        {
            let entry = Entry::alone(AuditKind::AccountDeleted, holder.id).detail("address_of_another");
            self.remove(unit, &holder, entry, now).await?;
        }
        Ok(())
    }
}

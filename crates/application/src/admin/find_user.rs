//! One user, as administrators see them.

use doorward_domain::{UserId, profile::Profile, user::User};

use super::AdminActError;
use crate::{Actor, Fault, Ports, ports::Access};

/// Shows a user.
pub struct FindUser {
    ports: Ports,
}

impl FindUser {
    /// How often the user is read because the role was changed meanwhile.
    const ATTEMPTS: usize = 3;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The user and the profile of the user's role.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(User, Profile), AdminActError> {
        actor.require_admin()?;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        for _ in 0..Self::ATTEMPTS {
            let user = unit.users().find(id).await?.ok_or(AdminActError::NotFound)?;
            // None where the role was changed, or the user removed, between the two readings.
            if let Some(profile) = unit.profiles().find(id, user.role).await? {
                return Ok((user, profile));
            }
        }
        Err(Fault::Inconsistent("a user has no profile").into())
    }
}

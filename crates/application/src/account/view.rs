//! What a user sees of their own account.

use doorward_domain::profile::Profile;

use crate::{Actor, Fault, Ports, ports::Access};

/// Shows the signed-in user's profile. The user stands in the [`Actor`] already.
pub struct ViewAccount {
    ports: Ports,
}

impl ViewAccount {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The profile of the user's role.
    pub async fn execute(&self, actor: &Actor) -> Result<Profile, Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        if let Some(profile) = unit.profiles().find(actor.user.id, actor.user.role).await? {
            return Ok(profile);
        }
        // Whose role was changed since the request was let in has another profile now; the next request is told so.
        let user = unit.users().find(actor.user.id).await?;
        let moved = user.is_none_or(|user| user.role != actor.user.role);
        Err(if moved { Fault::Contended } else { Fault::Inconsistent("a user has no profile") })
    }
}

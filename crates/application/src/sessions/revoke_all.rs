//! The end of all of a user's sessions.

use doorward_domain::session::{EndReason, SessionEnd};

use crate::{Actor, Fault, Ports, ports::Access};

/// Ends every session of the signed-in user, the current one too.
pub struct RevokeAllSessions {
    ports: Ports,
}

impl RevokeAllSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Ends them all and says how many there were. The user is locked first, so that a sign-in that is under way is
    /// either counted or comes after.
    pub async fn execute(&self, actor: &Actor) -> Result<u64, Fault> {
        let end = SessionEnd { at: self.ports.clock.now(), reason: EndReason::LoggedOut };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.users().lock(actor.user.id).await?;
        let ended = unit.sessions().end_all(actor.user.id, None, end).await?;
        unit.commit().await?;
        Ok(ended)
    }
}

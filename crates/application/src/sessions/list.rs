//! The list of a user's sessions.

use doorward_domain::session::Session;

use crate::{Actor, Fault, Ports, ports::Access};

/// Lists the signed-in user's live sessions, the latest first.
pub struct ListSessions {
    ports: Ports,
}

impl ListSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The sessions that can act for the user now.
    pub async fn execute(&self, actor: &Actor) -> Result<Vec<Session>, Fault> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        Ok(unit.sessions().list_live(actor.user.id, now).await?)
    }
}

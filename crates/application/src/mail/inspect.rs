//! What the operator sees of the outbox, and decides about it.

use doorward_domain::MessageId;

use crate::{
    Fault, Ports,
    ports::{Access, OutboxDepth, QueuedMessage},
};

/// Shows what waits to be sent, tries what was put off, drops what is put off for good. It has no actor: whoever can
/// run the binary on the database is trusted already.
pub struct InspectOutbox {
    ports: Ports,
}

impl InspectOutbox {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// At most `limit` messages, the oldest first.
    pub async fn list(&self, limit: u32) -> Result<Vec<QueuedMessage>, Fault> {
        Ok(self.ports.store.begin(Access::Read).await?.outbox().list(limit).await?)
    }

    /// How full the outbox is.
    pub async fn depth(&self) -> Result<OutboxDepth, Fault> {
        Ok(self.ports.store.begin(Access::Read).await?.outbox().depth().await?)
    }

    /// Has a message, or every one that is put off, tried now. Says how many there are.
    pub async fn retry(&self, id: Option<MessageId>) -> Result<u64, Fault> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let count = unit.outbox().retry(id, now).await?;
        unit.commit().await?;
        Ok(count)
    }

    /// Drops a message, or every one, that is put off for good. Says how many there were.
    pub async fn drop_parked(&self, id: Option<MessageId>) -> Result<u64, Fault> {
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let count = unit.outbox().drop_parked(id).await?;
        unit.commit().await?;
        Ok(count)
    }
}

//! The audit log, handed over.

use doorward_domain::{AuditEventId, audit::AuditEvent};

use crate::{Fault, Ports, ports::Access};

/// Hands the audit log over, page by page. It has no actor: whoever can run the binary on the database is trusted
/// already.
pub struct ExportAudit {
    ports: Ports,
}

impl ExportAudit {
    /// How many entries a page has at the most.
    pub const PAGE: u32 = 1_000;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The entries that follow this one, or the first ones, the oldest first. After the last there is none.
    pub async fn page(&self, after: Option<AuditEventId>) -> Result<Vec<AuditEvent>, Fault> {
        Ok(self.ports.store.begin(Access::Read).await?.audit().export(after, Self::PAGE).await?)
    }
}

//! Whether requests can be answered.

use crate::{Fault, Ports};

/// Says whether requests can be answered now.
pub struct Readiness {
    ports: Ports,
}

impl Readiness {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Fails while the store does not answer, is not migrated, or tells another time than this machine, and while there is
    /// no key to sign with.
    pub async fn execute(&self) -> Result<(), Fault> {
        self.ports.store.check().await?;
        Ok(self.ports.signer.can_sign(self.ports.clock.now())?)
    }
}

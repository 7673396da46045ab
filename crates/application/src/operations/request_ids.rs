//! Names of requests.

use crate::{Ports, ports::id_generator::RawId};

/// Names requests that come without a name, so that a log can be read by them.
pub struct RequestIds {
    ports: Ports,
}

impl RequestIds {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// A name that no other request has.
    #[must_use]
    pub fn next(&self) -> RawId {
        self.ports.ids.next(self.ports.clock.now())
    }
}

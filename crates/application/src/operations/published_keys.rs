//! The keys that others verify access tokens with.

use crate::{Ports, ports::PublicKey};

/// Publishes the keys that verify access tokens (RFC 7517). It is for anyone.
pub struct PublishedKeys {
    ports: Ports,
}

impl PublishedKeys {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Every key that verifies and is not symmetric.
    #[must_use]
    pub fn execute(&self) -> Vec<PublicKey> {
        self.ports.signer.public_keys()
    }
}

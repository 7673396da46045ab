//! The keys that others verify access tokens with.

use std::time::Duration;

use crate::{Ports, Settings, ports::PublicKey};

/// Publishes the keys that verify access tokens (RFC 7517). It is for anyone.
pub struct PublishedKeys {
    ports: Ports,
    cache_life: Duration,
}

impl PublishedKeys {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), cache_life: settings.keys.cache_life }
    }

    /// Every key that verifies and is not symmetric, those too that do not sign yet.
    #[must_use]
    pub fn execute(&self) -> Vec<PublicKey> {
        self.ports.signer.public_keys()
    }

    /// For how long whoever fetched them may keep them: no key signs before it was published for longer.
    #[must_use]
    pub const fn cache_life(&self) -> Duration {
        self.cache_life
    }
}

//! The keys that others verify access tokens with.

use std::{sync::Arc, time::Duration};

use super::TendKeys;
use crate::{Ports, Settings, ports::PublicKey};

/// Publishes the keys that verify access tokens (RFC 7517). It is for anyone.
pub struct PublishedKeys {
    ports: Ports,
    ring: Arc<TendKeys>,
    cache_life: Duration,
}

impl PublishedKeys {
    /// So that not every request that a cache gets ends here, however old the keys are.
    const LEAST: Duration = Duration::from_secs(1);

    pub(super) fn new(ports: &Ports, settings: &Settings, ring: &Arc<TendKeys>) -> Self {
        Self { ports: ports.clone(), ring: Arc::clone(ring), cache_life: settings.keys.cache_life }
    }

    /// Every key that verifies and is not symmetric, those too that do not sign yet.
    #[must_use]
    pub fn execute(&self) -> Vec<PublicKey> {
        self.ports.signer.public_keys()
    }

    /// For how long whoever fetches them now may keep them: until `keys.cache_life` after this node has read the ring, and
    /// a second at least. No key signs before it was published for longer, so a copy that lacks one, because another
    /// node has published it since, is gone by then.
    #[must_use]
    pub fn cache_life(&self) -> Duration {
        let left = self.ring.age().map(|age| self.cache_life.saturating_sub(age));
        left.unwrap_or_default().max(Self::LEAST)
    }
}

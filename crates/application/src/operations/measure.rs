//! How the deployment stands, in figures.

use std::{sync::Arc, time::Duration};

use doorward_domain::{
    Timestamp,
    key::{KeyRules, KeyState, Ring},
};

use crate::{
    Fault, Ports, Settings,
    gate::SessionGate,
    ports::{Access, OutboxDepth},
    ring,
};

/// Tells how the deployment stands, in figures. It is for whoever runs it, and names nobody.
pub struct Measure {
    ports: Ports,
    rules: KeyRules,
    gate: Arc<SessionGate>,
}

/// What the store tells.
#[derive(Clone, Debug)]
pub struct Figures {
    /// When it was asked.
    pub at: Timestamp,
    /// How full the outbox is.
    pub outbox: OutboxDepth,
    /// How many signing keys there are of each state.
    pub keys: [(KeyState, u64); KeyState::ALL.len()],
    /// Since when the key signs that signs now.
    pub signing_since: Option<Timestamp>,
    /// When a key is to be made or retired next; in the past if nobody has done it.
    pub next_key_step: Option<Timestamp>,
}

impl Measure {
    pub(super) fn new(ports: &Ports, settings: &Settings, gate: &Arc<SessionGate>) -> Self {
        Self { ports: ports.clone(), rules: settings.key_rules(), gate: Arc::clone(gate) }
    }

    /// Asks the store.
    pub async fn execute(&self) -> Result<Figures, Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let outbox = unit.outbox().depth().await?;
        let ring = ring::read(unit.as_mut()).await?;
        let at = self.ports.clock.now();
        Ok(Figures {
            at,
            outbox,
            keys: KeyState::ALL.map(|state| (state, count(&ring, state, at))),
            signing_since: ring.signing(at).map(|key| key.moments().signs_from),
            next_key_step: ring.next_due(&self.rules, at),
        })
    }

    /// How long ago this node began to read, to its end, what other nodes have ended; nothing if it never has.
    #[must_use]
    pub fn gate_staleness(&self) -> Option<Duration> {
        self.gate.staleness()
    }
}

fn count(ring: &Ring, state: KeyState, now: Timestamp) -> u64 {
    let keys = ring.keys().iter().filter(|key| ring.state(key, now) == state);
    u64::try_from(keys.count()).unwrap_or(u64::MAX)
}

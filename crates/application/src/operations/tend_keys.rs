//! The signing keys are looked after.

use std::{
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::Duration,
};

use doorward_domain::{
    audit::AuditKind,
    key::{KeyRules, Ring, Step},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    Fault, Ports, Settings,
    gate::SessionGate,
    ports::{Access, StoreError, StoredSigningKey},
    ring::{self, Attempt, RingChanges, SpareKey, Stepped},
    trail::{Entry, Trail},
};

/// Looks after the ring of signing keys: publishes a successor in time, retires what nobody needs any more, and takes
/// the ring into use as it is stored. Any number of nodes may do it at once.
pub struct TendKeys {
    ports: Ports,
    gate: Arc<SessionGate>,
    changes: RingChanges,
    trail: Trail,
    /// What the signer has. Nobody else gives it keys meanwhile, or it could get older ones after newer ones.
    in_use: Mutex<Option<Vec<StoredSigningKey>>>,
    /// When the reading began of which the signer has the keys.
    read_at: SyncMutex<Option<Instant>>,
}

impl TendKeys {
    /// How often it is to be done: for so long a node may know nothing of a key, whatever happens to the revocation
    /// log. The least `keys.skew` that is allowed covers it.
    pub const INTERVAL: Duration = Duration::from_secs(2);

    /// How long it may take to read the ring.
    const READ_WITHIN: Duration = Duration::from_secs(5);

    pub(super) fn new(ports: &Ports, settings: &Settings, gate: &Arc<SessionGate>) -> Self {
        Self {
            ports: ports.clone(),
            gate: Arc::clone(gate),
            changes: RingChanges::new(ports, settings),
            trail: Trail::new(ports),
            in_use: Mutex::default(),
            read_at: SyncMutex::default(),
        }
    }

    /// Does what is due, and says what that was. Fails if the ring cannot be used as it is, and then does nothing: a key
    /// that is made beside one that does not open would be sealed under another master secret than that. Nor does a node
    /// that is not ready: what is due follows from its clock, and what a retired key was made of does not come back.
    pub async fn execute(&self) -> Result<Vec<Step>, Fault> {
        let ring = self.take_into_use().await?;
        if ring.due(self.rules(), self.ports.clock.now()).is_none() {
            return Ok(Vec::new());
        }
        self.ports.store.check().await?;
        let done = self.changes.attempt(|spare| Box::pin(self.try_all(spare))).await?;
        self.take_into_use().await?;
        Ok(done)
    }

    /// Takes the ring into use as it is stored now. A key that cannot be used leaves those of before in use that still
    /// hold; [`execute`](Self::execute) says so, again and again.
    pub async fn reload(&self) -> Result<(), Fault> {
        match self.take_into_use().await {
            Ok(_) | Err(Fault::Renew(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// How long ago the ring was as the signer has it; nothing if it was never read.
    pub(super) fn age(&self) -> Option<Duration> {
        self.read_at.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at.elapsed())
    }

    fn was_read(&self, begun: Instant) {
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
    }

    const fn rules(&self) -> &KeyRules {
        &self.changes.rules
    }

    /// Does everything that is due in one unit.
    async fn try_all(&self, mut spare: Option<SpareKey>) -> Result<Attempt<Vec<Step>>, Fault> {
        let mut done = Vec::new();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let mut ring = ring::lock(unit.as_mut()).await?;
        let now = self.ports.clock.now();
        while let Some(step) = ring.due(self.rules(), now) {
            match self.changes.step(unit.as_mut(), &step, &mut spare).await? {
                Stepped::Wants(place) => return Ok(Attempt::Wants(place)),
                Stepped::Published { id } if !ring.keys().is_empty() => {
                    let entry = Entry::of_nobody(AuditKind::KeyRotated).detail(&id);
                    self.trail.record(unit.as_mut(), entry, now).await?;
                }
                Stepped::Published { .. } | Stepped::Done => {}
            }
            done.push(step);
            ring = ring::read(unit.as_mut()).await?;
        }
        unit.commit().await?;
        Ok(Attempt::Done(done))
    }

    async fn take_into_use(&self) -> Result<Ring, Fault> {
        let mut in_use = self.in_use.lock().await;
        let begun = Instant::now();
        // A reading that hangs, because its connection is dead and nobody has said so, holds up nobody for long.
        let read = async { self.ports.store.begin(Access::Read).await?.signing_keys().list().await };
        let overdue = |_| StoreError::new("the signing keys were not read in time");
        let keys = timeout(Self::READ_WITHIN, read).await.map_err(overdue)??;
        let ring = ring::of(&keys);
        if in_use.as_ref() == Some(&keys) {
            self.was_read(begun);
            return Ok(ring);
        }
        let renewed = self.ports.signer.renew(&keys);
        // After, so that nothing that the former ring found good is known any more.
        self.gate.forget_tokens();
        *in_use = renewed.is_ok().then_some(keys);
        renewed?;
        self.was_read(begun);
        Ok(ring)
    }
}

//! What other nodes have ended.

use std::{sync::Arc, time::Duration};

use doorward_domain::revocation::{LoggedRevocation, Position, Revocation};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::Feed;
use crate::{
    Fault, Ports, Settings,
    gate::SessionGate,
    operations::TendKeys,
    ports::{Access, StoreError},
};

/// What became of a reading of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It went on from where it ended before.
    OnTheWay,
    /// The log ends before the place that was known: the database was restored. Everything was forgotten.
    SetBack,
}

/// Reads the revocation log to its end, again and again, and makes this node forget what it names.
pub struct FollowRevocations {
    ports: Ports,
    gate: Arc<SessionGate>,
    feed: Arc<Feed>,
    keys: Arc<TendKeys>,
    interval: Duration,
    /// How long a reading may take.
    within: Duration,
    /// Up to where the log was read; nothing before the first time.
    position: Mutex<Option<Position>>,
}

impl FollowRevocations {
    /// How often the log is read though nobody says that there is something new.
    const AT_LEAST_EVERY: Duration = Duration::from_secs(1);
    /// The most entries of one reading.
    const BATCH: u32 = 1_000;

    pub(super) fn new(
        ports: &Ports,
        settings: &Settings,
        gate: &Arc<SessionGate>,
        feed: &Arc<Feed>,
        keys: &Arc<TendKeys>,
    ) -> Self {
        Self {
            ports: ports.clone(),
            gate: Arc::clone(gate),
            feed: Arc::clone(feed),
            keys: Arc::clone(keys),
            interval: Self::AT_LEAST_EVERY.min(settings.gate.max_staleness / 4),
            within: settings.gate.max_staleness,
            position: Mutex::default(),
        }
    }

    /// Returns when the log is to be read again.
    pub async fn due(&self) {
        self.ports.bus.wait(self.interval).await;
    }

    /// Reads what is new. When this returns, everything that was committed before it began is known here.
    pub async fn execute(&self) -> Result<Followed, Fault> {
        self.read_unless(|_| false).await
    }

    /// The same, unless somebody else has begun to since this was called.
    pub(super) async fn catch_up(&self) -> Result<(), Fault> {
        let asked = Instant::now();
        self.read_unless(|gate| gate.was_read_since(asked)).await.map(drop)
    }

    /// Reads what is new unless that was done within the bound that everything here goes by.
    pub(super) async fn ensure_current(&self) -> Result<(), Fault> {
        self.read_unless(SessionGate::is_current).await.map(drop)
    }

    /// Reads what is new, unless that is done by when it is this one's turn. A reading that hangs, because its
    /// connection is dead and nobody has said so, does not keep the next from another connection.
    async fn read_unless(&self, is_done: impl Fn(&SessionGate) -> bool) -> Result<Followed, Fault> {
        if is_done(&self.gate) {
            return Ok(Followed::OnTheWay);
        }
        let read = async {
            let mut known = self.position.lock().await;
            if is_done(&self.gate) { Ok(Followed::OnTheWay) } else { self.read(&mut known).await }
        };
        let overdue = |_| Fault::Store(StoreError::new("the revocation log was not read in time"));
        timeout(self.within, read).await.map_err(overdue)?
    }

    async fn read(&self, known: &mut Option<Position>) -> Result<Followed, Fault> {
        let mut followed = Followed::OnTheWay;
        let begun = Instant::now();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        if let Some(position) = *known
            && unit.revocations().head().await? < position
        {
            // The database was restored from a backup: its log goes on from an earlier place, with other entries.
            followed = Followed::SetBack;
            *known = None;
            self.gate.forget_all();
            self.feed.start_over();
        }
        loop {
            let entries = unit.revocations().after(known.unwrap_or(0), Self::BATCH).await?;
            self.apply(*known, &entries).await?;
            // Even if the rest cannot be read: what was applied need not be read again.
            *known = Some(entries.last().map_or(known.unwrap_or(0), |last| last.position));
            if entries.len() < Self::BATCH as usize {
                break;
            }
        }
        self.gate.was_read(begun);
        Ok(followed)
    }

    async fn apply(&self, known: Option<Position>, entries: &[LoggedRevocation]) -> Result<(), Fault> {
        if let (Some(known), Some(first)) = (known, entries.first())
            && first.position != known + 1
        {
            // So long behind that entries were purged before they were read here.
            self.gate.forget_all();
        }
        let revocations: Vec<_> = entries.iter().map(|entry| entry.revocation.clone()).collect();
        self.gate.forget(&revocations);
        if revocations.iter().any(|told| matches!(told, Revocation::KeyRevoked(_) | Revocation::KeysChanged)) {
            self.keys.reload().await?;
        }
        self.feed.take_in(entries, self.ports.clock.now());
        Ok(())
    }
}

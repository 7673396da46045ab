//! What other nodes have ended.

use std::{sync::Arc, time::Duration};

use doorward_domain::revocation::{LoggedRevocation, Position, Revocation};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until, timeout},
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
    /// The log does not go on from the place that was known: the database was restored, another has taken its place that
    /// lacked what was written last, or nobody has read here for so long that entries were purged. Everything was
    /// forgotten, and the log read from its beginning.
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
    /// For how long after a reading has begun nobody who is ahead of it makes the log be read again.
    const CATCHES_UP_EVERY: Duration = Duration::from_millis(100);
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

    /// Forgets everything that is remembered of the database, and reads the log from its beginning: for whoever has put
    /// another state of it in the place of the one before, and knows it. [`execute`](Self::execute) finds that out by the
    /// log alone, where something that the log tells of differs.
    pub async fn start_over(&self) -> Result<(), Fault> {
        let start_over = async {
            let mut known = self.position.lock().await;
            self.gate.start_over();
            self.feed.start_over();
            *known = None;
            self.read(&mut known).await.map(drop)
        };
        let overdue = |_| Fault::Store(StoreError::new("the revocation log was not read in time"));
        timeout(self.within, start_over).await.map_err(overdue)??;
        self.keys.reload().await
    }

    /// The same as [`execute`](Self::execute), unless somebody else has begun to since this was called. However many call, it is read for them
    /// [ten times a second](Self::CATCHES_UP_EVERY) at the most.
    pub(super) async fn catch_up(&self) -> Result<(), Fault> {
        let asked = Instant::now();
        sleep_until(self.gate.read_at() + Self::CATCHES_UP_EVERY).await;
        self.read_unless(|gate| gate.was_read_since(asked)).await.map(drop)
    }

    /// Whether that was done within the bound that everything here goes by.
    pub(super) fn is_current(&self) -> bool {
        self.gate.is_current()
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
        let (begun, as_of) = (Instant::now(), self.ports.clock.now());
        let mut followed = Followed::OnTheWay;
        let mut is_afresh = known.is_none();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        // Before the entries: what is at its place then, and not among them, was purged.
        let mut head = unit.revocations().head().await?;
        loop {
            let entries = unit.revocations().after(known.unwrap_or(0), Self::BATCH).await?;
            let before = entries.first().map_or(head, |first| first.previous);
            if known.is_some_and(|known| known != before) {
                self.gate.start_over();
                // Once: a log that is purged meanwhile, or in another order than it was written in, has gaps too.
                if !is_afresh {
                    self.feed.start_over();
                    (*known, is_afresh, followed) = (None, true, Followed::SetBack);
                    continue;
                }
            }
            self.apply(&entries).await?;
            if let Some(last) = entries.last() {
                // Even if the rest cannot be read: what was applied need not be read again.
                *known = Some(last.position);
                head = head.max(last.position);
            }
            if entries.len() < Self::BATCH as usize {
                break;
            }
        }
        *known = Some(head);
        self.feed.was_read(head, as_of);
        self.gate.was_read(begun);
        Ok(followed)
    }

    async fn apply(&self, entries: &[LoggedRevocation]) -> Result<(), Fault> {
        let revocations: Vec<_> = entries.iter().map(|entry| entry.revocation.clone()).collect();
        self.gate.forget(&revocations);
        if revocations.iter().any(|told| matches!(told, Revocation::KeyRevoked(_) | Revocation::KeysChanged)) {
            self.keys.reload().await?;
        }
        self.feed.take_in(entries, self.ports.clock.now());
        Ok(())
    }
}

//! Time that passes when a test says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use doorward_verifier::Clock;

/// The clock of a stub and of its verifiers.
#[derive(Clone)]
pub(crate) struct ManualClock {
    now: Arc<AtomicI64>,
    elapsed: Arc<AtomicU64>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self { now: Arc::new(AtomicI64::new(1_800_000_000)), elapsed: Arc::new(AtomicU64::new(1_000)) }
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, time: Duration) {
        self.now.fetch_add(time.as_secs().try_into().unwrap(), Ordering::SeqCst);
        self.elapse(time);
    }

    /// Lets time pass while the clock on the wall stands still.
    pub(crate) fn elapse(&self, time: Duration) {
        self.elapsed.fetch_add(time.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed.load(Ordering::SeqCst))
    }
}

//! How much work the hashing threads have, and who would have to wait too long for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// How long a job may have to wait. Longer is refused at once: a person has given up by then, and a client that is
/// told so can come back.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// How much there is to do.
pub(super) struct Load {
    threads: u64,
    /// Jobs that wait or are being done.
    jobs: AtomicU64,
    /// How long a job takes, in nanoseconds: a moving average.
    nanos: AtomicU64,
}

impl Load {
    /// No jobs yet; `expected` is how long one will take, until it is known.
    pub(super) fn new(threads: usize, expected: Duration) -> Self {
        let nanos = AtomicU64::new(as_nanos(expected));
        Self { threads: u64::try_from(threads).unwrap_or(u64::MAX), jobs: AtomicU64::new(0), nanos }
    }

    /// A place for one more job, unless it would have to wait longer than it may.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Place> {
        let nanos = self.nanos.load(Ordering::Relaxed);
        let one_more = |jobs: u64| {
            let before_it = (jobs + 1).saturating_sub(self.threads);
            let wait = before_it.saturating_mul(nanos) / self.threads;
            (wait <= as_nanos(MAX_WAIT)).then_some(jobs + 1)
        };
        self.jobs.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Place(Arc::clone(self)))
    }
}

/// A job's place in the queue and at work. Dropped, it is free.
pub(super) struct Place(Arc<Load>);

impl Place {
    /// Lets an eighth of the average be this job's.
    pub(super) fn learn(&self, took: Duration) {
        let average = self.0.nanos.load(Ordering::Relaxed);
        // Two threads at once may lose one of two lessons, and the next will do.
        self.0.nanos.store(average - average / 8 + as_nanos(took) / 8, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.jobs.fetch_sub(1, Ordering::Relaxed);
    }
}

fn as_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::Load;

    #[test]
    fn a_job_that_would_wait_longer_than_two_seconds_is_refused() {
        let load = Arc::new(Load::new(2, Duration::from_millis(100)));
        // Two at work, and forty that wait for up to two seconds.
        let mut places: Vec<_> = (0..42).map(|_| load.admit().unwrap()).collect();
        assert!(load.admit().is_none());
        places.pop();
        assert!(load.admit().is_some());
    }
}

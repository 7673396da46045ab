//! What a verifier takes the time from.

use std::time::{Duration, Instant, SystemTime};

/// Tells the time. A service hands in one of its own to test what happens later.
pub trait Clock: Send + Sync + 'static {
    /// Seconds since 1970 in UTC, by which tokens and pages of the feed are dated.
    fn now(&self) -> i64;

    /// How long it has been since a moment that stays the same. It MUST NOT go back, whatever happens to the clock on
    /// the wall: by it is known how long ago the feed was read.
    fn elapsed(&self) -> Duration;
}

/// The machine's time.
pub(super) struct SystemClock(Instant);

impl SystemClock {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a service that receives tokens has none of doorward's ports")]
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

//! A clock that a test moves.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::SubsecRound as _;
use doorward_application::ports::Clock;
use doorward_domain::Timestamp;

use crate::builders::noon;

/// Stands still until it is moved. A clone is the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at this moment, cut to microseconds as every clock's.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now.trunc_subsecs(6))))
    }

    /// Puts it to another moment, an earlier one too.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now.trunc_subsecs(6);
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new(noon())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::Clock as _;

    use super::ManualClock;

    #[test]
    fn stands_still_until_it_is_moved_by_whole_microseconds() {
        let clock = ManualClock::default();
        let before = clock.now();
        assert_eq!(clock.clone().now(), before);
        clock.clone().advance(Duration::from_nanos(2_500));
        assert_eq!(clock.now(), before + Duration::from_micros(2));
    }
}

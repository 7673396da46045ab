//! The time of a test server.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{SubsecRound as _, TimeZone as _, Utc};
use doorward_application::ports::Clock;
use doorward_domain::Timestamp;

/// Goes on by itself from whatever moment it was put to, or stands still. A clone is the same clock.
///
/// Nothing but [`put_back`](Self::put_back) makes it tell an earlier moment than it has told before.
#[derive(Clone, Debug)]
pub(super) struct VirtualClock(Arc<Mutex<Hands>>);

/// What a clock tells, and whether it goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockState {
    /// The moment.
    pub now: Timestamp,
    /// Whether it goes on by itself, as fast as any clock.
    pub running: bool,
}

#[derive(Debug)]
struct Hands {
    at: Timestamp,
    /// When it was put there, if it goes on.
    since: Option<Instant>,
}

impl Hands {
    fn now(&self) -> Timestamp {
        let gone = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        (self.at + gone).trunc_subsecs(6)
    }

    fn put(&mut self, ClockState { now, running }: ClockState) {
        *self = Self { at: now.trunc_subsecs(6), since: running.then(Instant::now) };
    }
}

impl VirtualClock {
    /// A clock that goes on from this moment.
    pub(super) fn running_from(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Hands { at: now.trunc_subsecs(6), since: Some(Instant::now()) })))
    }

    pub(super) fn state(&self) -> ClockState {
        let hands = self.hands();
        ClockState { now: hands.now(), running: hands.since.is_some() }
    }

    /// Moves it forward; `None`, and it stays, if that is later than [`latest`].
    pub(super) fn advance(&self, by: Duration) -> Option<ClockState> {
        let mut hands = self.hands();
        let by = chrono::TimeDelta::from_std(by).ok()?;
        let now = hands.now().checked_add_signed(by).filter(|now| *now <= latest())?;
        let running = hands.since.is_some();
        hands.put(ClockState { now, running });
        Some(ClockState { now, running })
    }

    /// Puts it to a later moment; `None`, and it stays, if that is an earlier one, or later than [`latest`].
    pub(super) fn set(&self, to: Timestamp) -> Option<ClockState> {
        let mut hands = self.hands();
        let running = hands.since.is_some();
        if to < hands.now() || to > latest() {
            return None;
        }
        hands.put(ClockState { now: to, running });
        Some(ClockState { now: to, running })
    }

    /// Stops it, or lets it go on.
    pub(super) fn run(&self, running: bool) -> ClockState {
        let mut hands = self.hands();
        let state = ClockState { now: hands.now(), running };
        hands.put(state);
        state
    }

    /// Puts it as it was, earlier or not.
    pub(super) fn put_back(&self, state: ClockState) {
        self.hands().put(state);
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The latest moment: what lives longest, added to it, still has a year of four figures.
pub(super) fn latest() -> Timestamp {
    Utc.with_ymd_and_hms(9000, 1, 1, 0, 0, 0).single().expect("a moment")
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.hands().now()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::Clock as _;

    use super::{ClockState, VirtualClock, latest};
    use crate::builders::noon;

    fn stopped() -> VirtualClock {
        let clock = VirtualClock::running_from(noon());
        clock.put_back(ClockState { now: noon(), running: false });
        clock
    }

    #[test]
    fn it_tells_no_earlier_moment_unless_it_is_put_back() {
        let clock = VirtualClock::running_from(noon());
        let first = clock.now();
        assert!(clock.now() >= first);
        let later = clock.advance(Duration::from_mins(10)).unwrap().now;
        assert!(later >= first + Duration::from_mins(10));
        assert_eq!(clock.set(first), None);
        assert!(clock.now() >= later);
        clock.put_back(ClockState { now: first, running: false });
        assert_eq!(clock.now(), first);
    }

    #[test]
    fn stopped_it_stands_still_by_whole_microseconds() {
        let clock = stopped();
        assert_eq!((clock.now(), clock.clone().now()), (noon(), noon()));
        clock.advance(Duration::from_nanos(2_500)).unwrap();
        assert_eq!(clock.now(), noon() + Duration::from_micros(2));
        assert!(clock.run(true).running);
        assert!(!clock.run(false).running);
    }

    #[test]
    fn no_moment_is_later_than_the_latest() {
        let clock = stopped();
        for far in [Duration::MAX, Duration::from_hours(24 * 366 * 8_000)] {
            assert_eq!(clock.advance(far), None);
        }
        assert_eq!(clock.set(latest() + Duration::from_micros(1)), None);
        assert_eq!(clock.now(), noon());
        assert!(clock.set(latest()).is_some());
    }
}

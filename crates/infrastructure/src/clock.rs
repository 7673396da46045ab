//! The machine's clock.

use std::time::SystemTime;

use chrono::SubsecRound as _;
use doorward_application::ports::Clock;
use doorward_domain::Timestamp;

/// Tells the machine's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that the others take the time from")]
    fn now(&self) -> Timestamp {
        Timestamp::from(SystemTime::now()).trunc_subsecs(6)
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::Clock as _;

    use super::SystemClock;

    #[test]
    fn tells_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}

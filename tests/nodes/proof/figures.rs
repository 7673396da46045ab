//! How much is measured, and how it is told.

use std::time::Duration;

use crate::harness::MAX_STALENESS;

/// How much is measured.
pub(super) struct Size {
    /// Sign-outs, while so many other requests are made a second.
    pub(super) sign_outs: usize,
    pub(super) others: u32,
    /// How long 99 of 100 sign-outs may take to be known.
    pub(super) known_within: Duration,
    /// Sign-outs while the notices are cut off again and again.
    pub(super) without_notices: usize,
    pub(super) rotation: Rotation,
}

/// Keys that are replaced.
pub(super) struct Rotation {
    pub(super) times: u32,
    pub(super) every: Duration,
    /// Requests a second.
    pub(super) load: u32,
    /// `tokens.access_ttl`: short, so that keys are retired too.
    pub(super) access_ttl: &'static str,
    /// How old a token is when its owner takes another.
    pub(super) renewed_after: Duration,
}

impl Size {
    /// The full size for `make prove-nodes`, and one that `make test` has the time for.
    pub(super) fn of_this_run() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings; `make prove-nodes` sets it")]
        let is_full = std::env::var_os("DOORWARD_PROVE_NODES").is_some();
        if is_full {
            let (times, every) = (10, Duration::from_secs(30));
            let rotation =
                Rotation { times, every, load: 100, access_ttl: "1m", renewed_after: Duration::from_secs(3) };
            let known_within = Duration::from_secs(1);
            return Self { sign_outs: 200, others: 50, known_within, without_notices: 100, rotation };
        }
        let (times, every) = (2, Duration::from_secs(10));
        let rotation = Rotation { times, every, load: 25, access_ttl: "6s", renewed_after: Duration::from_secs(1) };
        // Of so few, on a machine that does a hundred other things, one may take longer.
        Self { sign_outs: 10, others: 25, known_within: MAX_STALENESS, without_notices: 5, rotation }
    }
}

/// Times in the order of their length.
pub(super) struct Delays(Vec<Duration>);

impl Delays {
    pub(super) fn new(mut delays: Vec<Duration>) -> Self {
        assert!(!delays.is_empty(), "nothing was measured");
        delays.sort_unstable();
        Self(delays)
    }

    /// How long so many of a hundred took at the most.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent).div_ceil(100).max(1) - 1]
    }

    pub(super) fn print(&self, what: &str) {
        let [p50, p99, max] = [50, 99, 100].map(|percent| self.percentile(percent).as_secs_f64() * 1e3);
        println!("| {what} | {} | {p50:.0} | {p99:.0} | {max:.0} |", self.0.len());
    }
}

#[test]
fn a_percentile_is_what_so_many_took_at_the_most() {
    let delays = Delays::new((1..=200).rev().map(Duration::from_millis).collect());
    assert_eq!([50, 99, 100].map(|percent| delays.percentile(percent).as_millis()), [100, 198, 200]);
    assert_eq!(Delays::new(vec![Duration::from_secs(1)]).percentile(50), Duration::from_secs(1));
}

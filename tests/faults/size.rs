//! How much is done, and what is promised.

use std::time::Duration;

use crate::harness::patience;

pub(crate) struct Size {
    /// How often a process is killed.
    pub(crate) kills: usize,
    /// How soon it is ready after that.
    pub(crate) ready_within: Duration,
    /// How often a database goes away, or does not answer.
    pub(crate) outages: usize,
    /// How soon a request is refused meanwhile.
    pub(crate) refused_within: Duration,
    /// How soon all is well again.
    pub(crate) mended_within: Duration,
}

impl Size {
    /// The full size for `make prove-faults`. `make test` has less time, and a machine that does a hundred other things:
    /// there the times only guard against what takes forever.
    pub(crate) fn of_this_run() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings; `make prove-faults` sets it")]
        let is_full = std::env::var_os("DOORWARD_PROVE_FAULTS").is_some();
        if is_full {
            let (soon, within) = (Duration::from_secs(3), Duration::from_secs(5));
            return Self { kills: 100, ready_within: within, outages: 10, refused_within: soon, mended_within: within };
        }
        let guard = patience();
        Self { kills: 3, ready_within: guard, outages: 1, refused_within: guard, mended_within: guard }
    }
}

/// The longest of some times, as a row of a table.
pub(crate) fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (Some(max), Some(median)) = (times.last(), times.get(times.len() / 2)) else { panic!("nothing was measured") };
    println!("| {what} | {} | {} | {} |", times.len(), median.as_millis(), max.as_millis());
}

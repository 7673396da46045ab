//! Waits for what other processes do, whose clock nobody here can move.

use std::time::{Duration, Instant};

/// How long the processes of one machine may take for what is done at once, when the machine is busy.
pub(crate) const fn patience() -> Duration {
    Duration::from_secs(20)
}

/// Asks again and again whether this is so, which must be within `at_most`, and says how long it took.
pub(crate) async fn until(what: &str, at_most: Duration, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    const BETWEEN: Duration = Duration::from_millis(5);
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < at_most, "not within {at_most:?}: {what}");
        tokio::time::sleep(BETWEEN).await;
    }
    begun.elapsed()
}

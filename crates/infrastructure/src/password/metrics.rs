//! How busy the hashing threads are, for Prometheus.

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// How busy the hashing threads are. A clone is another handle on the same figures.
#[derive(Clone)]
pub(super) struct HashingMetrics {
    pub(super) waiting: Gauge,
    pub(super) at_work: Gauge,
    pub(super) refused: Counter,
    pub(super) left: Counter,
    pub(super) seconds: Histogram,
}

impl HashingMetrics {
    /// A hash at its usual cost takes some 15 ms of an idle core, and a multiple of it where there are not enough.
    const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

    pub(super) fn register(&self, registry: &mut Registry) {
        let Self { waiting, at_work, refused, left, seconds } = self.clone();
        registry.register("hash_queue_waiting", "Passwords that wait to be hashed", waiting);
        registry.register("hashes_at_work", "Passwords that are being hashed", at_work);
        registry.register("hashes_refused", "Passwords that would have had to wait too long", refused);
        registry.register("hashes_abandoned", "Passwords that nobody waited for when their turn came", left);
        registry.register("hash_duration_seconds", "How long a hash takes, without its wait", seconds);
    }
}

impl Default for HashingMetrics {
    fn default() -> Self {
        Self {
            waiting: Gauge::default(),
            at_work: Gauge::default(),
            refused: Counter::default(),
            left: Counter::default(),
            seconds: Histogram::new(Self::BOUNDS),
        }
    }
}

/// Adds one to a gauge for as long as it lives, whatever happens meanwhile.
pub(super) struct Counted(Gauge);

impl Counted {
    pub(super) fn by(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

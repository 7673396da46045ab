//! How busy the database's connections are, for Prometheus.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    metrics::{MetricType, counter::Counter, histogram::Histogram},
    registry::Registry,
};
use sea_orm::{DatabaseConnection, DbBackend};

use super::SeaStore;

/// How long writing units waited to begin. A clone is another handle on the same figures.
#[derive(Clone)]
pub(super) struct Waits {
    pub(super) seconds: Histogram,
    pub(super) failures: Counter,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            seconds: Histogram::new([0.0001, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0]),
            failures: Counter::default(),
        }
    }
}

/// The pool, as it is when it is asked.
struct Pool(DatabaseConnection);

impl SeaStore {
    /// Has published how many connections there are, and how long units wait to begin.
    pub fn register(&self, registry: &mut Registry) {
        let Waits { seconds, failures } = self.waits.clone();
        let help = "How long writing units waited to begin, for a connection and their turn";
        registry.register("database_wait_seconds", help, seconds);
        registry.register("database_wait_failures", "Writing units that could not begin", failures);
        registry.register_collector(Box::new(Pool(self.connection.clone())));
    }
}

impl Collector for Pool {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (open, idle, most) = if self.0.get_database_backend() == DbBackend::Postgres {
            let pool = self.0.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = self.0.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX);
        for (name, help, count) in [
            ("database_connections", "Connections to the database that are open.", open),
            ("database_connections_idle", "Connections to the database that nobody uses.", idle),
            ("database_connections_max", "The most connections to the database that may be open.", most),
        ] {
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&count)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

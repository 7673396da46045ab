//! How many requests there were, of which kind, what came of them and how long they took.
//!
//! Each worker counts in a [`Ledger`] of its own, where nobody else writes; the ledgers are added up when they are
//! read. A request costs it some additions: where they go was found out when the routes were registered.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::http::{Method, StatusCode};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::MetricType,
    registry::Registry,
};

use crate::routes;

/// What stands for every path that no route has.
pub(crate) const NO_ROUTE: &str = "none";

/// What stands for every method, and every status, that is none of those below.
const OTHER: &str = "other";

/// The methods that are told apart.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", OTHER];

/// The statuses that are told apart, in order.
const STATUSES: [u16; 30] = [
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415,
    416, 422, 428, 429, 431, 500, 503,
];

/// The upper bounds of the histogram's buckets, in microseconds: a token that is known takes a tenth of a millisecond,
/// a password some ten, and what is refused because others wait no more than two seconds.
const BOUNDS: [u64; 15] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
];

/// Counts requests, worker by worker.
#[derive(Default)]
pub struct RequestMetrics {
    ledgers: Mutex<Vec<Arc<Ledger>>>,
}

/// What one worker has counted.
pub(crate) struct Ledger {
    /// For each path, the last of which is none, each method, when it was asked for the first time.
    cells: Box<[OnceLock<Box<Cell>>]>,
    in_flight: AtomicI64,
}

/// The requests of one path by one method.
struct Cell {
    /// By status; what is none of them comes last.
    statuses: [AtomicU64; STATUSES.len() + 1],
    /// By how long they took; what took longer than all bounds comes last.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanos: AtomicU64,
}

/// A request that is under way. Dropped, it is no longer.
pub(crate) struct UnderWay<'a>(&'a Ledger);

impl RequestMetrics {
    /// Has what is counted published, and read whenever it is asked for.
    pub fn register(self: &Arc<Self>, registry: &mut Registry) {
        registry.register_collector(Box::new(Arc::clone(self)));
    }

    /// A ledger for another worker.
    pub(crate) fn ledger(&self) -> Arc<Ledger> {
        let cells = (routes::paths().len() + 1) * METHODS.len();
        let cells = (0..cells).map(|_| OnceLock::new()).collect();
        let ledger = Arc::new(Ledger { cells, in_flight: AtomicI64::new(0) });
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&ledger));
        ledger
    }

    fn add_up(&self) -> (i64, Vec<Option<Sum>>) {
        let ledgers = self.ledgers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sums: Vec<Option<Sum>> = vec![None; (routes::paths().len() + 1) * METHODS.len()];
        for ledger in ledgers.iter() {
            for (sum, cell) in sums.iter_mut().zip(&ledger.cells) {
                if let Some(cell) = cell.get() {
                    sum.get_or_insert_default().add(cell);
                }
            }
        }
        (ledgers.iter().map(|ledger| ledger.in_flight.load(Relaxed)).sum(), sums)
    }
}

impl Ledger {
    /// A request begins.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        UnderWay(self)
    }

    /// A request was answered: that of this path, by its place among [`routes::paths`], if a route has it.
    pub(crate) fn answered(&self, path: Option<usize>, method: &Method, status: StatusCode, took: Duration) {
        let path = path.unwrap_or_else(|| routes::paths().len());
        let Some(cell) = self.cells.get(path * METHODS.len() + column(method)) else { return };
        let cell = cell.get_or_init(Box::default);
        let status = STATUSES.binary_search(&status.as_u16()).unwrap_or(STATUSES.len());
        cell.statuses[status].fetch_add(1, Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        cell.buckets[BOUNDS.partition_point(|bound| bound * 1_000 < nanos)].fetch_add(1, Relaxed);
        cell.nanos.fetch_add(nanos, Relaxed);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

impl Default for Cell {
    fn default() -> Self {
        let zero = |()| AtomicU64::new(0);
        Self { statuses: [(); _].map(zero), buckets: [(); _].map(zero), nanos: AtomicU64::new(0) }
    }
}

/// The place of a path in [`routes::paths`], for what was answered before or beside its routes.
pub(crate) fn place(path: &str) -> Option<usize> {
    static PLACES: OnceLock<HashMap<&str, usize>> = OnceLock::new();
    let places = || routes::paths().iter().enumerate().map(|(place, path)| (*path, place)).collect();
    PLACES.get_or_init(places).get(path).copied()
}

/// What a method is called, whatever a client has made up.
pub(crate) fn method_label(method: &Method) -> &'static str {
    METHODS[column(method)]
}

fn column(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::HEAD => 1,
        Method::POST => 2,
        Method::PATCH => 3,
        Method::DELETE => 4,
        Method::PUT => 5,
        Method::OPTIONS => 6,
        _ => 7,
    }
}

/// What all workers have counted of one path and one method.
#[derive(Clone, Default)]
struct Sum {
    statuses: [u64; STATUSES.len() + 1],
    buckets: [u64; BOUNDS.len() + 1],
    nanos: u64,
}

impl Sum {
    fn add(&mut self, cell: &Cell) {
        let add = |sums: &mut [u64], cells: &[AtomicU64]| {
            sums.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell.load(Relaxed));
        };
        add(&mut self.statuses, &cell.statuses);
        add(&mut self.buckets, &cell.buckets);
        self.nanos += cell.nanos.load(Relaxed);
    }

    fn encode_statuses(&self, labels: [(&str, &str); 2], encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let [route, method] = labels;
        for (place, count) in self.statuses.iter().enumerate().filter(|(_, count)| **count > 0) {
            let status = STATUSES.get(place).map_or_else(|| OTHER.to_owned(), u16::to_string);
            let labels = [route, method, ("status", &status)];
            encoder.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(count, None)?;
        }
        Ok(())
    }

    fn encode_duration(&self, labels: [(&str, &str); 2], encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let bounds = BOUNDS.into_iter().map(seconds).chain([f64::INFINITY]);
        let buckets: Vec<_> = bounds.zip(self.buckets).collect();
        // Of one reading: between two, another request may be answered.
        let count = self.buckets.iter().sum();
        let sum = Duration::from_nanos(self.nanos).as_secs_f64();
        encoder.encode_family(&labels)?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

impl Collector for RequestMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (in_flight, sums) = self.add_up();
        let mut each = |name: &str, help: &str, kind, encode: &Encode| {
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for (place, sum) in sums.iter().enumerate() {
                let Some(sum) = sum else { continue };
                let route = routes::paths().get(place / METHODS.len()).copied().unwrap_or(NO_ROUTE);
                let method = METHODS[place % METHODS.len()];
                encode(sum, [("route", route), ("method", method)], &mut family)?;
            }
            Ok::<_, fmt::Error>(())
        };
        each("http_requests", "Requests that were answered.", MetricType::Counter, &Sum::encode_statuses)?;
        each(
            "http_request_duration_seconds",
            "How long requests took, from their head to the beginning of the answer.",
            MetricType::Histogram,
            &Sum::encode_duration,
        )?;
        let help = "Requests that are under way.";
        let mut gauge = encoder.encode_descriptor("http_requests_in_flight", help, None, MetricType::Gauge)?;
        gauge.encode_gauge(&in_flight)
    }
}

/// Writes a sum under its route and method.
type Encode = dyn Fn(&Sum, [(&str, &str); 2], &mut MetricEncoder<'_>) -> fmt::Result;

impl fmt::Debug for RequestMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestMetrics").finish_non_exhaustive()
    }
}

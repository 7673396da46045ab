//! What is published in figures, for Prometheus.

mod meter;
mod process;

pub use meter::PrometheusMeter;
pub use process::ProcessMetrics;

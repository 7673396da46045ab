//! `[metrics]`: where measurements are published.

use std::net::SocketAddr;

use crate::section::Section;

/// Where measurements are published.
#[derive(Clone, Copy, Debug)]
pub struct Metrics {
    /// Where their listener is, if there is one.
    pub address: Option<SocketAddr>,
}

impl Metrics {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let metrics = Self { address: from.get("address") };
        if metrics.address.is_some() {
            from.warn("address", "has no effect: this release publishes no measurements");
        }
        metrics
    }
}

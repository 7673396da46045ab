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
        Self { address: from.get("address") }
    }
}

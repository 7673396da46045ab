//! What is asked about the deployment itself.

mod published_keys;
mod readiness;
mod request_ids;

pub use published_keys::PublishedKeys;
pub use readiness::Readiness;
pub use request_ids::RequestIds;

use crate::Ports;

/// The use cases of operation.
pub struct Operations {
    /// Publishes the keys that verify access tokens.
    pub published_keys: PublishedKeys,
    /// Says whether requests can be answered.
    pub readiness: Readiness,
    /// Names requests.
    pub request_ids: RequestIds,
}

impl Operations {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self {
            published_keys: PublishedKeys::new(ports),
            readiness: Readiness::new(ports),
            request_ids: RequestIds::new(ports),
        }
    }
}

//! What is asked about the deployment itself, and what it does by itself.

mod export_users;
mod import_users;
mod measure;
mod published_keys;
mod purge;
mod readiness;
mod request_ids;
mod tend_keys;
mod wrap_hashes;

pub use export_users::{ExportUsers, ExportedUser, UserPage};
pub use import_users::{ImportOutcome, ImportRefusal, ImportUsers, ImportedUser, RefusedField, UserRecord};
pub use measure::{Figures, Measure};
pub use published_keys::PublishedKeys;
pub use purge::{Purge, Purged};
pub use readiness::Readiness;
pub use request_ids::RequestIds;
pub use tend_keys::TendKeys;
pub use wrap_hashes::{WrapHashes, WrappedPage};

use std::sync::Arc;

use crate::{Ports, Settings, gate::SessionGate};

/// The use cases of operation.
pub struct Operations {
    /// Publishes the keys that verify access tokens.
    pub published_keys: PublishedKeys,
    /// Says whether requests can be answered.
    pub readiness: Readiness,
    /// Forgets what is over.
    pub purge: Purge,
    /// Looks after the keys that sign.
    pub tend_keys: Arc<TendKeys>,
    /// Tells how the deployment stands.
    pub measure: Measure,
    /// Names requests.
    pub request_ids: RequestIds,
    /// Moves users in.
    pub import_users: ImportUsers,
    /// Hands users over.
    pub export_users: ExportUsers,
    /// Makes the hashes of imported passwords as hard to guess as new ones.
    pub wrap_hashes: WrapHashes,
}

impl Operations {
    pub(crate) fn new(ports: &Ports, settings: &Settings, gate: &Arc<SessionGate>) -> Self {
        let tend_keys = Arc::new(TendKeys::new(ports, settings, gate));
        Self {
            published_keys: PublishedKeys::new(ports, settings, &tend_keys),
            readiness: Readiness::new(ports),
            purge: Purge::new(ports, settings),
            measure: Measure::new(ports, settings, gate),
            request_ids: RequestIds::new(ports),
            tend_keys,
            import_users: ImportUsers::new(ports, settings),
            export_users: ExportUsers::new(ports),
            wrap_hashes: WrapHashes::new(ports),
        }
    }
}

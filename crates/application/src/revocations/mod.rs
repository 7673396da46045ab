//! What has ended before its time: found out by this node, and told to other services.

mod feed;
mod follow;
mod pages;
mod read_feed;

use std::sync::Arc;

pub use feed::Feed;
pub use follow::{FollowRevocations, Followed};
pub use pages::SignedPage;
pub use read_feed::{FeedStream, ReadFeed};

use crate::{Ports, Settings, gate::SessionGate, operations::TendKeys};

/// The use cases of the revocation log.
pub struct Revocations {
    /// Finds out what other nodes have ended.
    pub follow: Arc<FollowRevocations>,
    /// Tells other services.
    pub read_feed: ReadFeed,
}

impl Revocations {
    pub(crate) fn new(ports: &Ports, settings: &Settings, gate: &Arc<SessionGate>, keys: &Arc<TendKeys>) -> Self {
        let feed = Arc::new(Feed::new(settings));
        let follow = Arc::new(FollowRevocations::new(ports, settings, gate, &feed, keys));
        Self { read_feed: ReadFeed::new(ports, &follow, &feed), follow }
    }
}

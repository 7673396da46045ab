//! The revocation feed, as other services read it.

use std::{sync::Arc, time::Duration};

use doorward_domain::revocation::Position;
use quick_cache::sync::Cache;
use tokio::time::timeout;

use super::{Feed, FollowRevocations};
use crate::{Fault, Ports, ports::FeedPage};

/// A page of the feed, signed.
#[derive(Clone, Debug)]
pub struct SignedPage {
    /// The page as a compact JWS (RFC 7515).
    pub jws: Arc<str>,
    /// The position to ask for next.
    pub next: Position,
}

/// Tells other services what has ended.
pub struct ReadFeed {
    ports: Ports,
    follow: Arc<FollowRevocations>,
    feed: Arc<Feed>,
    /// The pages of this second, by where they begin and end: many ask for the same, and a signature costs.
    signed: Cache<(Position, Position), (i64, Arc<str>)>,
}

impl ReadFeed {
    const SIGNED: usize = 64;

    pub(super) fn new(ports: &Ports, follow: &Arc<FollowRevocations>, feed: &Arc<Feed>) -> Self {
        Self {
            ports: ports.clone(),
            follow: Arc::clone(follow),
            feed: Arc::clone(feed),
            signed: Cache::new(Self::SIGNED),
        }
    }

    /// What is told after a position, as soon as there is something, or after `wait`. Fails rather than to tell less
    /// than there is: if this node does not know what others have ended.
    pub async fn execute(&self, after: Position, wait: Duration) -> Result<SignedPage, Fault> {
        self.follow.ensure_current().await?;
        if self.feed.head() < after {
            // Another node may be ahead of this one by a moment; a log that ends before `after` was set back.
            self.follow.catch_up().await?;
        }
        let mut page = self.feed.page(after);
        if page.entries.is_empty() && page.next >= after && !wait.is_zero() {
            // To be late is no failure: the page says that there was nothing.
            let _ = timeout(wait, self.feed.more_than(after)).await;
            self.follow.ensure_current().await?;
            page = self.feed.page(after);
        }
        self.sign(&page)
    }

    /// Whether the node stops: there will be no more pages.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.feed.is_closed()
    }

    /// Lets everybody go who waits for a page, because the node stops.
    pub fn close(&self) {
        self.feed.close();
    }

    fn sign(&self, page: &FeedPage) -> Result<SignedPage, Fault> {
        let now = self.ports.clock.now();
        let key = (page.after, page.next);
        if let Some((second, jws)) = self.signed.get(&key)
            && second == now.timestamp()
        {
            return Ok(SignedPage { jws, next: page.next });
        }
        let jws: Arc<str> = self.ports.signer.sign_page(page, now)?.into();
        self.signed.insert(key, (now.timestamp(), Arc::clone(&jws)));
        Ok(SignedPage { jws, next: page.next })
    }
}

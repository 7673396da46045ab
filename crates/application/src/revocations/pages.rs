//! Pages of the revocation feed, signed.

use std::sync::Arc;

use doorward_domain::revocation::Position;
use quick_cache::sync::Cache;

use super::{Feed, FollowRevocations, feed::Extent};
use crate::{
    Fault, Ports,
    ports::{FeedPage, StoreError},
};

/// A page of the feed, signed.
#[derive(Clone, Debug)]
pub struct SignedPage {
    /// The page as a compact JWS (RFC 7515).
    pub jws: Arc<str>,
    /// The position to ask for next.
    pub next: Position,
}

/// Where a page begins and ends, and the second up to which it tells.
type Key = (Position, Position, i64);

/// Makes pages of what is known here. It asks no database.
pub(super) struct Pages {
    ports: Ports,
    follow: Arc<FollowRevocations>,
    pub(super) feed: Arc<Feed>,
    /// The pages of this second: many ask for the same, and a signature costs.
    signed: Cache<Key, Arc<str>>,
}

impl Pages {
    const SIGNED: usize = 64;

    pub(super) fn new(ports: &Ports, follow: &Arc<FollowRevocations>, feed: &Arc<Feed>) -> Self {
        Self {
            ports: ports.clone(),
            follow: Arc::clone(follow),
            feed: Arc::clone(feed),
            signed: Cache::new(Self::SIGNED),
        }
    }

    /// What a page after a position would hold. Fails unless this node knows what the others have ended.
    pub(super) fn extent(&self, after: Position) -> Result<Extent, Fault> {
        if self.follow.is_current() { self.feed.extent(after).ok_or_else(unread) } else { Err(unread()) }
    }

    /// The page after a position. Fails like [`extent`](Self::extent).
    pub(super) fn page(&self, after: Position) -> Result<SignedPage, Fault> {
        let extent = self.extent(after)?;
        if let Some(jws) = self.signed.get(&key(&extent)) {
            return Ok(SignedPage { jws, next: extent.next });
        }
        // More than before perhaps, and never less.
        let (extent, page) = self.feed.page(after).ok_or_else(unread)?;
        let jws = self.sign(&page)?;
        // Who asks from elsewhere is told in a few bytes, and there are as many places there as anybody likes to name.
        if !extent.is_elsewhere() {
            self.signed.insert(key(&extent), Arc::clone(&jws));
        }
        Ok(SignedPage { jws, next: extent.next })
    }

    fn sign(&self, page: &FeedPage) -> Result<Arc<str>, Fault> {
        Ok(self.ports.signer.sign_page(page, self.ports.clock.now())?.into())
    }
}

const fn key(extent: &Extent) -> Key {
    (extent.after, extent.next, extent.as_of.timestamp())
}

fn unread() -> Fault {
    Fault::Store(StoreError::new("the revocation log has not been read to its end"))
}

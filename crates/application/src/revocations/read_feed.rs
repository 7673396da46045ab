//! The revocation feed, as other services read it.

use std::{sync::Arc, time::Duration};

use doorward_domain::revocation::Position;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

use super::{
    Feed, FollowRevocations,
    pages::{Pages, SignedPage},
};
use crate::{Fault, Ports};

/// Tells other services what has ended.
pub struct ReadFeed {
    pages: Arc<Pages>,
    follow: Arc<FollowRevocations>,
    /// For everybody who waits: the feed is public, and who waits takes room.
    places: Arc<Semaphore>,
}

impl ReadFeed {
    /// How many may wait at once, those who read a stream among them.
    pub const PLACES: usize = 1_024;

    pub(super) fn new(ports: &Ports, follow: &Arc<FollowRevocations>, feed: &Arc<Feed>) -> Self {
        Self {
            pages: Arc::new(Pages::new(ports, follow, feed)),
            follow: Arc::clone(follow),
            places: Arc::new(Semaphore::new(Self::PLACES)),
        }
    }

    /// What is told after a position, as soon as there is something, or after `wait`. Fails rather than to tell less
    /// than there is: if this node does not know what others have ended. Fails also instead of waiting beside
    /// [too many others](Self::PLACES).
    pub async fn execute(&self, after: Position, wait: Duration) -> Result<SignedPage, Fault> {
        self.follow.ensure_current().await?;
        if self.is_behind(after) {
            let _place = self.place()?;
            self.follow.catch_up().await?;
        }
        let extent = self.pages.extent(after)?;
        if extent.is_empty() && !wait.is_zero() {
            let _place = self.place()?;
            // To be late is no failure: the page says that there was nothing.
            let _ = timeout(wait, self.pages.feed.more_than(extent.next)).await;
            self.follow.ensure_current().await?;
        }
        self.pages.page(after)
    }

    /// What is told after a position, one page after the other. Fails as [`execute`](Self::execute) does.
    pub async fn stream(&self, after: Position) -> Result<FeedStream, Fault> {
        let place = self.place()?;
        self.follow.ensure_current().await?;
        if self.is_behind(after) {
            self.follow.catch_up().await?;
        }
        let first = self.pages.page(after)?;
        Ok(FeedStream {
            pages: Arc::clone(&self.pages),
            after: first.next,
            first: Some(first),
            ends_at: Instant::now() + FeedStream::LIFE,
            _place: place,
        })
    }

    /// Lets everybody go who waits for a page, because the node stops.
    pub fn close(&self) {
        self.pages.feed.close();
    }

    /// Whether the position is one that this node has not read of: another may be ahead of it by a moment.
    fn is_behind(&self, after: Position) -> bool {
        self.pages.feed.head() < after
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Fault> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| Fault::Crowded)
    }
}

/// The feed as it goes on. It tells what this node finds out, and asks no database.
pub struct FeedStream {
    pages: Arc<Pages>,
    after: Position,
    first: Option<SignedPage>,
    ends_at: Instant,
    _place: OwnedSemaphorePermit,
}

impl FeedStream {
    /// How long a stream goes on: who reads on asks again, perhaps another node that has less to do.
    pub const LIFE: Duration = Duration::from_mins(5);

    /// The next page, as soon as there is something to tell, or after `patience`. Nothing more when its time is over, when
    /// the node stops, or when it does not know what others have ended.
    pub async fn next(&mut self, patience: Duration) -> Option<SignedPage> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let extent = self.pages.extent(self.after).ok()?;
        if extent.is_empty() {
            let until = self.ends_at.min(Instant::now() + patience);
            // To be late is no failure: the page says that there was nothing.
            let _ = timeout_at(until, self.pages.feed.more_than(extent.next)).await;
        }
        if self.pages.feed.is_closed() || Instant::now() >= self.ends_at {
            return None;
        }
        let page = self.pages.page(self.after).ok()?;
        self.after = page.next;
        Some(page)
    }
}

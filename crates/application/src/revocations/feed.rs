//! What other services are told, as long as it matters to them.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use doorward_domain::{
    Digest, Timestamp,
    revocation::{LoggedRevocation, Position, Revocation},
};
use tokio::sync::watch;

use crate::{
    Settings,
    ports::{FeedEntry, FeedPage},
};

/// The part of the revocation log that concerns others, kept in memory: each entry for as long as a token that it ends
/// could still be good otherwise, so that its size goes with how many sessions end and not with how many there are.
pub struct Feed {
    retention: Duration,
    key_retention: Duration,
    told: Mutex<Told>,
    /// The position of the last entry that concerns others; nothing more when the node stops.
    last: watch::Sender<Option<Position>>,
}

#[derive(Default)]
struct Told {
    /// When the latest reading of the log to its end began; nothing before there was one.
    as_of: Option<Timestamp>,
    /// Up to where the log was read.
    head: Position,
    /// The positions of the log that a reader may have been given, in their order: of its entries of late.
    known: VecDeque<(Position, Timestamp)>,
    /// The position before those.
    before: Position,
    entries: VecDeque<(Position, Timestamp, FeedEntry)>,
}

/// What a page would hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) as_of: Timestamp,
    pub(super) after: Position,
    pub(super) next: Position,
    complete: bool,
    /// Where its entries are.
    begin: usize,
    len: usize,
}

impl Extent {
    /// Whether the position that was asked for is none of this log.
    pub(super) const fn is_elsewhere(&self) -> bool {
        self.next < self.after
    }

    /// Whether there is nothing to tell yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0 && !self.is_elsewhere()
    }
}

impl Feed {
    /// The most entries of one page.
    const PAGE: usize = 5_000;

    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            retention: settings.revocation_retention(),
            key_retention: settings.key_revocation_retention(),
            told: Mutex::default(),
            last: watch::Sender::new(Some(0)),
        }
    }

    /// Takes entries of the log in, in their order, and drops those that no longer matter.
    pub(super) fn take_in(&self, entries: &[LoggedRevocation], now: Timestamp) {
        let mut told = self.told();
        let mut last = None;
        if let Some(first) = entries.first().filter(|_| told.known.is_empty()) {
            told.before = first.previous;
        }
        for LoggedRevocation { position, at, revocation, .. } in entries {
            told.head = *position;
            told.known.push_back((*position, *at));
            if let Some(entry) = for_others(revocation) {
                told.entries.push_back((*position, *at, entry));
                last = Some(*position);
            }
        }
        // The end of a key may matter for longer, and then keeps what came after it. That is rare, and no harm.
        while told.entries.front().is_some_and(|(_, at, entry)| *at < now - self.kept(entry)) {
            told.entries.pop_front();
        }
        while let Some((position, _)) = told.known.pop_front_if(|(_, at)| *at < now - self.retention) {
            told.before = position;
        }
        drop(told);
        if let Some(last) = last {
            self.tell(last);
        }
    }

    /// Takes note that the log was read to its end, which is at this position, beginning at this moment.
    pub(super) fn was_read(&self, head: Position, as_of: Timestamp) {
        let mut told = self.told();
        told.head = head;
        told.as_of = Some(as_of);
        if told.known.is_empty() {
            told.before = head;
        }
    }

    /// Forgets everything, and goes on from the beginning of a log that is another than before: until that was read to
    /// its end, there is nothing to tell.
    pub(super) fn start_over(&self) {
        *self.told() = Told::default();
        // Who begins anew waits for what is told from now on.
        self.tell(0);
    }

    /// Up to where the log was read.
    pub(super) fn head(&self) -> Position {
        self.told().head
    }

    /// What a page after a position would hold; nothing unless the log was read to its end.
    pub(super) fn extent(&self, after: Position) -> Option<Extent> {
        self.told().extent(after)
    }

    /// What is told after a position; nothing unless the log was read to its end.
    pub(super) fn page(&self, after: Position) -> Option<(Extent, FeedPage)> {
        let told = self.told();
        let extent = told.extent(after)?;
        let entries: Vec<_> =
            told.entries.iter().skip(extent.begin).take(extent.len).map(|(.., entry)| entry.clone()).collect();
        let retention = entries.iter().map(|entry| self.kept(entry)).max().unwrap_or(self.retention);
        let Extent { as_of, after, next, complete, .. } = extent;
        Some((extent, FeedPage { as_of, after, next, complete, retention, entries }))
    }

    /// Waits until there is something to tell after a position, or there never will be.
    pub(super) async fn more_than(&self, after: Position) {
        // It fails when the feed is gone, and then there is nothing to wait for.
        let _ = self.last.subscribe().wait_for(|last| last.is_none_or(|last| last > after)).await;
    }

    /// Whether the node stops: nobody waits any more.
    pub(super) fn is_closed(&self) -> bool {
        self.last.borrow().is_none()
    }

    /// Lets everybody go who waits.
    pub(super) fn close(&self) {
        self.last.send_replace(None);
    }

    /// Tells who waits how far the feed goes, unless nobody is to wait any more.
    fn tell(&self, last: Position) {
        self.last.send_if_modified(|known| known.as_mut().map(|known| *known = last).is_some());
    }

    /// How long an entry matters.
    const fn kept(&self, entry: &FeedEntry) -> Duration {
        match entry {
            FeedEntry::Session(_) | FeedEntry::Subject { .. } => self.retention,
            FeedEntry::Key(_) => self.key_retention,
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn extent(&self, after: Position) -> Option<Extent> {
        let as_of = self.as_of?;
        if !self.knows(after) {
            return Some(Extent { as_of, after, next: 0, complete: false, begin: 0, len: 0 });
        }
        let begin = self.entries.partition_point(|(position, ..)| *position <= after);
        let len = (self.entries.len() - begin).min(Feed::PAGE);
        let complete = begin + len == self.entries.len();
        let next = if complete { self.head } else { self.entries[begin + len - 1].0 };
        Some(Extent { as_of, after, next, complete, begin, len })
    }

    /// Whether a position is one that this log has given to a reader, of late. One that it has not was given before it
    /// was set back, or so long ago that whoever holds it begins anew: as many as there are, none is told much.
    fn knows(&self, position: Position) -> bool {
        position == 0
            || position == self.before
            || position == self.head
            || self.known.binary_search_by_key(&position, |(known, _)| *known).is_ok()
    }
}

/// What of it concerns others.
fn for_others(revocation: &Revocation) -> Option<FeedEntry> {
    let digest = |id: String| Digest::of(id.as_bytes());
    match revocation {
        Revocation::SessionEnded(id) => Some(FeedEntry::Session(digest(id.to_string()))),
        Revocation::AccessChanged { user_id, epoch } => {
            Some(FeedEntry::Subject { subject: digest(user_id.to_string()), epoch: *epoch })
        }
        Revocation::KeyRevoked(id) => Some(FeedEntry::Key(id.clone())),
        Revocation::EndedBefore(_) | Revocation::UserChanged(_) | Revocation::Reread(_) | Revocation::KeysChanged => {
            None
        }
    }
}

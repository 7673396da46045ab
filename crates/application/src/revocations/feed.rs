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

use crate::ports::{FeedEntry, FeedPage};

/// The part of the revocation log that concerns others, kept in memory: each entry for as long as a token that it ends
/// could still be good otherwise, so that its size goes with how many sessions end and not with how many there are.
pub struct Feed {
    retention: Duration,
    told: Mutex<Told>,
    /// The position of the last entry that concerns others; nothing more when the node stops.
    last: watch::Sender<Option<Position>>,
}

#[derive(Default)]
struct Told {
    entries: VecDeque<(Position, Timestamp, FeedEntry)>,
    /// Up to where the log was read.
    head: Position,
}

impl Feed {
    /// The most entries of one page.
    const PAGE: usize = 5_000;

    pub(super) fn new(retention: Duration) -> Self {
        Self { retention, told: Mutex::default(), last: watch::Sender::new(Some(0)) }
    }

    /// Takes entries of the log in, in their order, and drops those that no longer matter.
    pub(super) fn take_in(&self, entries: &[LoggedRevocation], now: Timestamp) {
        let mut told = self.told();
        let mut last = None;
        for LoggedRevocation { position, at, revocation } in entries {
            told.head = *position;
            if let Some(entry) = for_others(revocation) {
                told.entries.push_back((*position, *at, entry));
                last = Some(*position);
            }
        }
        let over = now - self.retention;
        while told.entries.front().is_some_and(|(_, at, _)| *at < over) {
            told.entries.pop_front();
        }
        drop(told);
        if last.is_some() {
            self.last.send_if_modified(|known| known.as_mut().map(|known| *known = last.unwrap_or(*known)).is_some());
        }
    }

    /// Forgets everything, and goes on from the beginning of a log that is another than before.
    pub(super) fn start_over(&self) {
        *self.told() = Told::default();
    }

    /// Up to where the log was read.
    pub(super) fn head(&self) -> Position {
        self.told().head
    }

    /// What is told after a position.
    pub(super) fn page(&self, after: Position) -> FeedPage {
        let told = self.told();
        // A position that the log has not reached was given before the database was restored.
        let known = if after > told.head { 0 } else { after };
        let begin = told.entries.partition_point(|(position, ..)| *position <= known);
        let rest = told.entries.len() - begin;
        let entries: Vec<_> = told.entries.iter().skip(begin).take(Self::PAGE).collect();
        let complete = entries.len() == rest;
        let next = if complete { told.head } else { entries.last().map_or(told.head, |(position, ..)| *position) };
        FeedPage {
            after,
            next,
            complete,
            retention: self.retention,
            entries: entries.into_iter().map(|(.., entry)| entry.clone()).collect(),
        }
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

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
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
        Revocation::UserChanged(_) | Revocation::SignedIn(_) | Revocation::KeysChanged => None,
    }
}

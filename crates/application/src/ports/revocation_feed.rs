//! What the revocation feed tells other services, a page at a time.

use std::time::Duration;

use doorward_domain::{Digest, Timestamp, revocation::Position, user::Epoch};

/// A page of the revocation feed: what has ended after a position of the log. It names nobody: of subjects and
/// sessions it holds the SHA-256 digests of their ids as text. Who knows an id knows its digest again: a session's is
/// in its tokens alone, a subject's also where users are listed. Of a subject it therefore tells no more than that the
/// claims have changed, also when that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The moment up to which it tells: all that was committed before is in this page, in those before it or, unless it
    /// is complete, in those after it.
    pub as_of: Timestamp,
    /// The position that was asked for.
    pub after: Position,
    /// The position to ask for next. Lower than that which was asked for if this log does not have it: then all that
    /// matters is told from the beginning.
    pub next: Position,
    /// Whether there was nothing more.
    pub complete: bool,
    /// For how long an entry is to be remembered after it was received: until no token that it ends is good anyway.
    pub retention: Duration,
    /// What has ended, in the order of the log.
    pub entries: Vec<FeedEntry>,
}

/// What other services are told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedEntry {
    /// Tokens of the session whose id has this digest are dead.
    Session(Digest),
    /// Tokens of a subject from before an epoch are dead.
    Subject {
        /// The digest of the subject's id.
        subject: Digest,
        /// The first epoch whose tokens are good.
        epoch: Epoch,
    },
    /// Whatever the key of this id signed is dead.
    Key(String),
}

//! What the revocation feed tells other services, a page at a time.

use std::time::Duration;

use doorward_domain::{Digest, revocation::Position, user::Epoch};

/// A page of the revocation feed: what has ended after a position of the log. It names nobody: of subjects and
/// sessions it holds the SHA-256 digests of their ids as text, which only who holds a token can know again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The position that was asked for.
    pub after: Position,
    /// The position to ask for next.
    pub next: Position,
    /// Whether the log held nothing more when the page was made.
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

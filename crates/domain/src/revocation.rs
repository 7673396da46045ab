//! What ends before its time, told to everyone who goes by what they saw before.

use crate::{SessionId, Timestamp, UserId, user::Epoch};

/// A place in the revocation log, in the order of the commits; 0 is before the first.
///
/// It is the microsecond since 1970 in which the entry was written, or one more than the place before if that is later:
/// so no two logs that went different ways, as after a restore from a backup, have a place in common, and each of them
/// fits into the numbers of JSON.
pub type Position = u64;

/// The lowest position that an entry of this moment may have.
#[must_use]
pub fn position_at(at: Timestamp) -> Position {
    at.timestamp_micros().try_into().unwrap_or(0)
}

/// What a unit of work has made untrue, or found untrue, of what others may have seen before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// The session has ended.
    SessionEnded(SessionId),
    /// The session was to be ended, and had been: whoever has done it tells the others.
    EndedBefore(SessionId),
    /// What the user may do has changed: access tokens of an epoch before this one are stale.
    AccessChanged {
        /// Whose.
        user_id: UserId,
        /// The first epoch that holds.
        epoch: Epoch,
    },
    /// Something else about the user or the user's profile has changed.
    UserChanged(UserId),
    /// The user is to be looked at anew where the unit was done. Either others have changed something before and tell it
    /// themselves, or it is the last sign-in, which changes too often to be told: they find out within a minute.
    Reread(UserId),
    /// The key of this id was revoked: nothing that it signed holds.
    KeyRevoked(String),
    /// The ring of signing keys has changed.
    KeysChanged,
}

impl Revocation {
    /// Whether other nodes are told.
    #[must_use]
    pub const fn is_logged(&self) -> bool {
        !matches!(self, Self::EndedBefore(_) | Self::Reread(_))
    }
}

/// An entry of the revocation log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRevocation {
    /// Its place.
    pub position: Position,
    /// The place of the entry before it, though that may have been purged; 0 if it is the first ever. Who knows another
    /// as the last has missed something, or knows another log.
    pub previous: Position,
    /// When it was committed, by the clock of the node that did.
    pub at: Timestamp,
    /// What it tells.
    pub revocation: Revocation,
}

//! The revocation log, and who wakes its readers.

use std::time::Duration;

use async_trait::async_trait;
use doorward_domain::{
    Timestamp,
    revocation::{LoggedRevocation, Position, Revocation},
};

use super::StoreError;

/// The revocation log.
///
/// - Positions MUST be in the order of the commits, also among units that run at once on several nodes, and each entry
///   MUST name the position before it: who has read up to that has missed none. (A database's sequence is not in that
///   order.)
/// - A position MUST NOT be lower than [`position_at`] of the moment of its entry: a log that was set back to an earlier
///   state, as by a backup or by a replica that lagged, does not give those again that were lost.
/// - What was appended MUST be there if and only if its unit committed.
///
/// [`position_at`]: doorward_domain::revocation::position_at
#[async_trait]
pub trait RevocationRepository: Send {
    /// Writes entries at the end. Until the unit ends, no other unit can: it is the last thing that a unit does. A store
    /// that others wait for undoes a unit that hangs from then on.
    async fn append(&mut self, revocations: &[Revocation], at: Timestamp) -> Result<(), StoreError>;

    /// The position of the last entry; 0 where there never was one.
    async fn head(&mut self) -> Result<Position, StoreError>;

    /// At most `limit` entries after a position, in their order.
    async fn after(&mut self, position: Position, limit: u32) -> Result<Vec<LoggedRevocation>, StoreError>;

    /// Forgets at most `limit` entries from before this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Wakes whoever reads the revocation log. It carries nothing: what was revoked stands in the log.
///
/// - After a unit of this store that wrote to the log has committed, [`wait`](Self::wait) MUST return soon; a wake-up
///   that comes while nobody waits MUST make the next `wait` return at once.
/// - It MUST return after `at_most`, whatever happens: readers that it forgot look for themselves.
#[async_trait]
pub trait RevocationBus: Send + Sync {
    /// Waits until there may be something new, and no longer than this.
    async fn wait(&self, at_most: Duration);
}

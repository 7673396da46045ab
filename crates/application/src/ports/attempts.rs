//! How often things were tried.

use async_trait::async_trait;
use doorward_domain::{
    Digest, Timestamp,
    attempt::{Budget, Exhausted},
};
use thiserror::Error;

use super::StoreError;

/// Counts attempts, for all nodes of a deployment together.
///
/// - [`take`](Self::take) MUST take one attempt out of every budget that is named, as [`Budget::take`] decides, or none
///   at all if one of them is exhausted; and MUST do so exactly, however many take at once, on whichever nodes.
/// - What was taken MUST survive the end of the process.
/// - [`settle`](Self::settle) MUST leave what is to begin anew as if nothing had ever been taken, and MUST undo one taking of
///   each that is put back, as [`Budget::give_back`] says.
/// - A counter that cannot be reached MUST be an error within a few seconds, never an attempt that is allowed.
#[async_trait]
pub trait AttemptCounters: Send + Sync {
    /// Takes an attempt out of each of these budgets.
    async fn take(&self, wanted: &[Counted], now: Timestamp) -> Result<(), TakeError>;

    /// Begins some budgets anew, and puts back one attempt into others.
    async fn settle(&self, anew: &[Counted], put_back: &[Counted]) -> Result<(), StoreError>;

    /// Forgets at most `limit` counters that made no difference any more at this moment. Says how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Something of which attempts are counted, and how many are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What it is, under a keyed hash.
    pub key: Digest,
    /// How many are allowed.
    pub budget: Budget,
}

/// Why no attempt was taken.
#[derive(Debug, Error)]
pub enum TakeError {
    /// This budget is exhausted; of several, the one that is so for longest.
    #[error("too many attempts")]
    Exhausted(Digest, Exhausted),
    /// The counters failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of two budgets that are exhausted, the one that is so for longer.
#[must_use]
pub fn longer(one: (Digest, Exhausted), other: (Digest, Exhausted)) -> (Digest, Exhausted) {
    let rank = |exhausted| match exhausted {
        Exhausted::Until(at) => (0, Some(at)),
        Exhausted::Stopped => (1, None),
    };
    if rank(other.1) > rank(one.1) { other } else { one }
}

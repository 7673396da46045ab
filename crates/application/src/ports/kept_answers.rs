//! Answers that are given once more.

use async_trait::async_trait;
use doorward_domain::{Digest, Secret, Timestamp, UserId};
use uuid::Uuid;

use super::StoreError;

/// The answers to requests that carried an `Idempotency-Key`.
///
/// - [`claim`](Self::claim) MUST give a key to at most one request at a time, also among units that run at once.
/// - Answers MUST be stored sealed, and what is read MUST equal what was written.
/// - What is kept for a user MUST go with the user.
#[async_trait]
pub trait KeptAnswerRepository: Send {
    /// Takes a key that nobody has, or whose holder's time is over without an answer; else says what there is.
    async fn claim(&mut self, claim: &Claim, now: Timestamp) -> Result<Claimed, StoreError>;

    /// Keeps the answer, if the holder still has the key. Says whether it does.
    async fn keep(&mut self, key: &Digest, holder: Uuid, answer: &Secret<Vec<u8>>) -> Result<bool, StoreError>;

    /// Gives the key up, if the holder still has it and there is no answer.
    async fn release(&mut self, key: &Digest, holder: Uuid) -> Result<(), StoreError>;

    /// Forgets at most `limit` answers whose time was over at this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// The wish to be the one who does a request.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Whose the key is, and the key, under a keyed hash.
    pub key: Digest,
    /// The request, under a keyed hash.
    pub request: Digest,
    /// Who asked, if someone is signed in.
    pub user_id: Option<UserId>,
    /// Who wants to do it: different for each attempt.
    pub holder: Uuid,
    /// Until when nobody else may do it.
    pub held_until: Timestamp,
    /// Until when the answer is kept.
    pub kept_until: Timestamp,
}

/// What became of a [`Claim`].
pub enum Claimed {
    /// The request is the holder's to do.
    Ours,
    /// Another does it at this moment.
    Held {
        /// Whether it is the same request.
        same_request: bool,
    },
    /// It was done.
    Answered {
        /// Whether it was the same request.
        same_request: bool,
        /// The answer.
        answer: Secret<Vec<u8>>,
    },
}

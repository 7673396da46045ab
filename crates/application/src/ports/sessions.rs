//! Sessions in the store.

use async_trait::async_trait;
use doorward_domain::{
    SessionId, Timestamp, UserId,
    session::{Generation, Rotation, Session, SessionEnd},
    user::User,
};

use super::StoreError;

/// Sessions.
///
/// - What is read MUST equal what was written, to the microsecond.
/// - An end is final: no method MUST change when or why a session was ended, or let an ended one live again.
/// - [`rotate`](Self::rotate) MUST succeed at most once for a session and a generation, also among units that run
///   at once on several machines.
#[async_trait]
pub trait SessionRepository: Send {
    /// Adds a session of a user that was added before.
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError>;

    /// The session of this id.
    async fn find(&mut self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// The session of this id and its user, in one reading.
    async fn find_with_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError>;

    /// The same, with the user locked as by [`UserRepository::lock`](super::UserRepository::lock). The session may
    /// be older than the lock: [`rotate`](Self::rotate) says whether it still was the newest.
    async fn find_with_locked_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError>;

    /// Moves the session from one generation to the next, if that is its live one and it has not been ended. Says
    /// whether it did.
    async fn rotate(&mut self, id: SessionId, from: Generation, rotation: &Rotation) -> Result<bool, StoreError>;

    /// The user's sessions that are live at this moment, the latest first.
    async fn list_live(&mut self, user_id: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// All that is kept of the user's sessions, the latest first.
    async fn list_all(&mut self, user_id: UserId) -> Result<Vec<Session>, StoreError>;

    /// Whether the user has had sessions at all, and whether one of them was on a device of this
    /// [label](doorward_domain::session::Device::label).
    async fn knows_device(&mut self, user_id: UserId, label: &str) -> Result<KnownDevice, StoreError>;

    /// Ends a session, unless it has been ended before. Says whether it did.
    async fn end(&mut self, id: SessionId, end: SessionEnd) -> Result<bool, StoreError>;

    /// Ends every session of the user that is live at `end.at`, but for the one to keep. Says how many.
    async fn end_all(&mut self, user_id: UserId, keep: Option<SessionId>, end: SessionEnd) -> Result<u64, StoreError>;

    /// Ends the oldest of the user's sessions that are live at `end.at`, so that `keep` of them remain. Says how
    /// many it ended.
    async fn end_oldest(&mut self, user_id: UserId, keep: u32, end: SessionEnd) -> Result<u64, StoreError>;

    /// Notes when sessions were last used; never moves one back.
    async fn touch(&mut self, seen: &[(SessionId, Timestamp)]) -> Result<(), StoreError>;

    /// Forgets at most `limit` sessions whose absolute end was before this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Whether a device is one that the user has signed in with before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownDevice {
    /// It is.
    Known,
    /// The user has signed in, with others.
    Unknown,
    /// The user has never signed in.
    First,
}

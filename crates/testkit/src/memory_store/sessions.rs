//! Sessions.

use std::cmp::Reverse;

use async_trait::async_trait;
use doorward_application::ports::{KnownDevice, SessionRepository, StoreError};
use doorward_domain::{
    SessionId, Timestamp, UserId,
    revocation::Revocation,
    session::{Generation, Rotation, Session, SessionEnd},
    user::User,
};

use super::{Tables, purge, unit_of_work::MemoryUnitOfWork};

impl Tables {
    fn session_with_user(&self, id: SessionId) -> Option<(Session, User)> {
        let session = self.sessions.get(&id)?;
        Some((session.clone(), self.users.get(&session.user_id)?.clone()))
    }

    /// The user's sessions, the latest first.
    fn sessions_of(&self, user_id: UserId) -> Vec<Session> {
        let of_user = self.sessions.values().filter(|session| session.user_id == user_id);
        let mut sessions: Vec<_> = of_user.cloned().collect();
        sessions.sort_by_key(|session| Reverse((session.created_at, session.id)));
        sessions
    }

    /// The user's live sessions, the latest first.
    fn live(&self, user_id: UserId, now: Timestamp) -> Vec<Session> {
        let mut sessions = self.sessions_of(user_id);
        sessions.retain(|session| session.is_live(now));
        sessions
    }
}

impl MemoryUnitOfWork {
    /// Ends the user's live sessions of which this is true of session and place, the latest first. Says how many.
    fn end_live(
        &mut self,
        user_id: UserId,
        end: SessionEnd,
        is_meant: impl Fn(usize, &Session) -> bool,
    ) -> Result<u64, StoreError> {
        let tables = self.write()?;
        let live = tables.live(user_id, end.at).into_iter().enumerate();
        let meant: Vec<_> =
            live.filter(|(place, session)| is_meant(*place, session)).map(|(_, session)| session).collect();
        for session in &meant {
            tables.sessions.insert(session.id, Session { ended: Some(end), ..session.clone() });
        }
        for session in &meant {
            self.note(Revocation::SessionEnded(session.id));
        }
        Ok(meant.len() as u64)
    }
}

#[async_trait]
impl SessionRepository for MemoryUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(session.user_id)?;
        match tables.sessions.insert(session.id, session.clone()) {
            Some(_) => Err(StoreError::new("the session's id is taken")),
            None => Ok(()),
        }
    }

    async fn find(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.read().sessions.get(&id).cloned())
    }

    async fn find_with_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        Ok(self.read().session_with_user(id))
    }

    async fn find_with_locked_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        Ok(self.locked()?.session_with_user(id))
    }

    async fn rotate(&mut self, id: SessionId, from: Generation, rotation: &Rotation) -> Result<bool, StoreError> {
        let session = self.write()?.sessions.get_mut(&id);
        let Some(session) = session.filter(|session| session.refresh.generation == from && session.ended.is_none())
        else {
            return Ok(false);
        };
        *session = session.clone().rotated(rotation);
        Ok(true)
    }

    async fn list_live(&mut self, user_id: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        Ok(self.read().live(user_id, now))
    }

    async fn list_all(&mut self, user_id: UserId) -> Result<Vec<Session>, StoreError> {
        Ok(self.read().sessions_of(user_id))
    }

    async fn knows_device(&mut self, user_id: UserId, label: &str) -> Result<KnownDevice, StoreError> {
        let sessions = self.read().sessions_of(user_id);
        Ok(if sessions.is_empty() {
            KnownDevice::First
        } else if sessions.iter().any(|session| session.device.label() == label) {
            KnownDevice::Known
        } else {
            KnownDevice::Unknown
        })
    }

    async fn end(&mut self, id: SessionId, end: SessionEnd) -> Result<bool, StoreError> {
        let session = self.write()?.sessions.get_mut(&id).filter(|session| session.ended.is_none());
        let ended = session.map(|session| session.ended = Some(end)).is_some();
        self.note(if ended { Revocation::SessionEnded(id) } else { Revocation::EndedBefore(id) });
        Ok(ended)
    }

    async fn end_all(&mut self, user_id: UserId, keep: Option<SessionId>, end: SessionEnd) -> Result<u64, StoreError> {
        self.end_live(user_id, end, |_, session| Some(session.id) != keep)
    }

    async fn end_oldest(&mut self, user_id: UserId, keep: u32, end: SessionEnd) -> Result<u64, StoreError> {
        self.end_live(user_id, end, |place, _| u32::try_from(place).is_ok_and(|place| place >= keep))
    }

    async fn touch(&mut self, seen: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
        let tables = self.write()?;
        for (id, at) in seen {
            if let Some(session) = tables.sessions.get_mut(id) {
                session.last_seen_at = session.last_seen_at.max(*at);
            }
        }
        Ok(())
    }
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        Ok(purge(&mut self.write()?.sessions, |session| session.absolute_expires_at < before, limit))
    }
}

//! A user's sessions, as administrators see and end them.

use doorward_domain::{
    UserId,
    audit::AuditKind,
    session::{EndReason, Session, SessionEnd},
    token::OneTimePurpose,
};

use super::{AdminActError, authority::authorised};
use crate::{
    Actor, Ports,
    ports::Access,
    trail::{Entry, Trail},
};

/// Shows and ends a user's sessions.
pub struct UserSessions {
    ports: Ports,
    trail: Trail,
}

impl UserSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// The sessions that can act for the user now, the latest first.
    pub async fn list(&self, actor: &Actor, id: UserId) -> Result<Vec<Session>, AdminActError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        unit.users().find(id).await?.ok_or(AdminActError::NotFound)?;
        Ok(unit.sessions().list_live(id, now).await?)
    }

    /// Ends them all and says how many there were. As when the user signs out everywhere, what was asked for by mail
    /// before is dead: a reset is started afterwards.
    pub async fn end_all(&self, actor: &Actor, id: UserId) -> Result<u64, AdminActError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        found.ok_or(AdminActError::NotFound)?;
        let ended = unit.sessions().end_all(id, None, SessionEnd { at: now, reason: EndReason::EndedByAdmin }).await?;
        unit.one_time_tokens().discard(id, &OneTimePurpose::PENDING, None).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::SessionsEndedByAdmin, actor).to(id), now).await?;
        unit.commit().await?;
        Ok(ended)
    }
}

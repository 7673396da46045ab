//! The end of one session, told from another.

use doorward_domain::{
    SessionId,
    audit::AuditKind,
    session::{EndReason, SessionEnd},
};
use thiserror::Error;

use crate::{
    Actor, Fault, Ports,
    fault::faults_of,
    ports::Access,
    trail::{Entry, Trail},
};

/// Why a session was not ended.
#[derive(Debug, Error)]
pub enum RevokeSessionError {
    /// The session of whoever asked has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// The user has no such live session. Another user's session is no such session.
    #[error("no such session")]
    NotFound,
    /// A port failed: the session may still be live.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(RevokeSessionError);

/// Ends one of the signed-in user's sessions, the current one too.
pub struct RevokeSession {
    ports: Ports,
    trail: Trail,
}

impl RevokeSession {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Ends the session. Its tokens are dead for the very next request.
    pub async fn execute(&self, actor: &Actor, id: SessionId) -> Result<(), RevokeSessionError> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        actor.still_signed_in(unit.as_mut(), now).await?.ok_or(RevokeSessionError::SessionEnded)?;
        let session = unit.sessions().find(id).await?;
        let session = session.filter(|session| session.user_id == actor.user.id && session.is_live(now));
        let session = session.ok_or(RevokeSessionError::NotFound)?;
        unit.sessions().end(session.id, SessionEnd { at: now, reason: EndReason::Revoked }).await?;
        let entry = Entry::by(AuditKind::SessionEnded, actor).in_session(session.id);
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

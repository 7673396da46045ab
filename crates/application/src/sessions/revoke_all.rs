//! The end of all of a user's sessions.

use doorward_domain::{
    audit::AuditKind,
    session::{EndReason, SessionEnd},
    token::OneTimePurpose,
};

use thiserror::Error;

use crate::{
    Actor, Fault, Ports,
    fault::faults_of,
    ports::Access,
    trail::{Entry, Trail},
};

/// Why sessions were not ended.
#[derive(Debug, Error)]
pub enum RevokeSessionsError {
    /// The session of whoever asked has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// A port failed: the sessions may still be live.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(RevokeSessionsError);

/// Ends every session of the signed-in user, the current one too, and what was asked for by mail.
pub struct RevokeAllSessions {
    ports: Ports,
    trail: Trail,
}

impl RevokeAllSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Ends them all and says how many there were. The user is locked first, so that a sign-in that is under way is
    /// either counted or comes after.
    pub async fn execute(&self, actor: &Actor) -> Result<u64, RevokeSessionsError> {
        let now = self.ports.clock.now();
        let end = SessionEnd { at: now, reason: EndReason::LoggedOut };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.users().lock(actor.user.id).await?;
        actor.still_signed_in(unit.as_mut(), now).await?.ok_or(RevokeSessionsError::SessionEnded)?;
        let ended = unit.sessions().end_all(actor.user.id, None, end).await?;
        unit.one_time_tokens().discard(actor.user.id, &OneTimePurpose::PENDING, None).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::SignedOutEverywhere, actor), now).await?;
        unit.commit().await?;
        Ok(ended)
    }
}

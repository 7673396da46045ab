//! Sign-out (seed 001).

use doorward_domain::{
    audit::AuditKind,
    session::{Device, EndReason, SessionEnd},
};
use thiserror::Error;

use super::Presented;
use crate::{
    Fault, Ports,
    fault::faults_of,
    ports::Access,
    trail::{Entry, Trail},
};

/// Why nobody was signed out.
#[derive(Debug, Error)]
pub enum LogOutError {
    /// None of the tokens is one of ours.
    #[error("no authentic token was presented")]
    Unauthenticated,
    /// A port failed: the session may still be live.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(LogOutError);

/// Ends the session of the tokens presented. To end one that has ended is no error: the client wanted it ended.
pub struct LogOut {
    ports: Ports,
    trail: Trail,
}

impl LogOut {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Signs out. When this returns `Ok`, the session's tokens are dead for the very next request.
    pub async fn execute(&self, presented: Presented, device: Device) -> Result<(), LogOutError> {
        let session_id = presented.session_id(&self.ports).ok_or(LogOutError::Unauthenticated)?;
        let now = self.ports.clock.now();
        let end = SessionEnd { at: now, reason: EndReason::LoggedOut };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let session = unit.sessions().find(session_id).await?;
        if let Some(session) = session
            && unit.sessions().end(session_id, end).await?
        {
            let entry = Entry::of(AuditKind::SignedOut, session.user_id, device).in_session(session_id);
            self.trail.record(unit.as_mut(), entry, now).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}

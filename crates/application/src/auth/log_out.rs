//! Sign-out (seed 001).

use doorward_domain::session::{EndReason, SessionEnd};
use thiserror::Error;

use super::Presented;
use crate::{Fault, Ports, fault::faults_of, ports::Access};

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
}

impl LogOut {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Signs out. When this returns `Ok`, the session's tokens are dead for the very next request.
    pub async fn execute(&self, presented: Presented) -> Result<(), LogOutError> {
        let session_id = presented.session_id(&self.ports).ok_or(LogOutError::Unauthenticated)?;
        let end = SessionEnd { at: self.ports.clock.now(), reason: EndReason::LoggedOut };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.sessions().end(session_id, end).await?;
        unit.commit().await?;
        Ok(())
    }
}

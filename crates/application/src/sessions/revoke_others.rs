//! The end of all of a user's sessions but one.

use doorward_domain::{
    audit::AuditKind,
    session::{EndReason, SessionEnd},
};

use super::RevokeSessionsError;
use crate::{
    Actor, Ports,
    ports::Access,
    trail::{Entry, Trail},
};

/// Ends every session of the signed-in user but the current one.
///
/// What was asked for by mail stays good, unlike with [`RevokeAllSessions`](super::RevokeAllSessions): this is for
/// someone who lost a telephone or forgot to sign out elsewhere, is known by the session that stays, and may have asked
/// for that mail a minute ago. Who suspects that somebody else asked for it changes the password, which ends both.
pub struct RevokeOtherSessions {
    ports: Ports,
    trail: Trail,
}

impl RevokeOtherSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Ends them and says how many there were. The user is locked first, so that a sign-in that is under way is either
    /// counted or comes after. Where there are none, nothing happens and the audit log has no entry.
    pub async fn execute(&self, actor: &Actor) -> Result<u64, RevokeSessionsError> {
        let now = self.ports.clock.now();
        let end = SessionEnd { at: now, reason: EndReason::Revoked };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.users().lock(actor.user.id).await?;
        actor.still_signed_in(unit.as_mut(), now).await?.ok_or(RevokeSessionsError::SessionEnded)?;
        let ended = unit.sessions().end_all(actor.user.id, Some(actor.session.id), end).await?;
        if ended > 0 {
            self.trail.record(unit.as_mut(), Entry::by(AuditKind::OtherSessionsEnded, actor), now).await?;
        }
        unit.commit().await?;
        Ok(ended)
    }
}

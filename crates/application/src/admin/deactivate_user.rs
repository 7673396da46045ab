//! The end of a user's right to sign in.

use doorward_domain::{
    UserId,
    audit::AuditKind,
    session::{EndReason, SessionEnd},
    token::OneTimePurpose,
    user::{User, UserStatus},
};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of};
use crate::{
    Actor, Fault, Forbidden, Ports,
    fault::faults_of,
    ports::Access,
    trail::{Entry, Trail},
};

/// Why the user was not deactivated.
#[derive(Debug, Error)]
pub enum DeactivateUserError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such user.
    #[error("not found")]
    NotFound,
    /// The platform would be left without an administrator.
    #[error("the last administrator")]
    LastAdmin,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(DeactivateUserError);
authority_of!(DeactivateUserError);

/// Keeps a user from signing in.
pub struct DeactivateUser {
    ports: Ports,
    trail: Trail,
}

impl DeactivateUser {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Deactivates the user, who keeps everything but the sessions and what was asked for by mail. To do it once more
    /// changes nothing.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<User, DeactivateUserError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let admins = unit.users().lock_active_admins().await?;
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        let mut user = found.ok_or(DeactivateUserError::NotFound)?;
        if admins == [user.id] {
            return Err(DeactivateUserError::LastAdmin);
        }
        if !user.status.is_active() {
            // Whoever was faster may not have been answered yet: from here on it holds on this node too.
            unit.commit().await?;
            return Ok(user);
        }
        user.status = UserStatus::Deactivated;
        user.epoch += 1;
        // Who is kept out is not removed: the address would be free to sign up again.
        user.proof_due_at = None;
        unit.users().update(&user).await?;
        unit.sessions().end_all(id, None, SessionEnd { at: now, reason: EndReason::UserRemoved }).await?;
        unit.one_time_tokens().discard(id, &OneTimePurpose::PENDING, None).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::UserDeactivated, actor).to(id), now).await?;
        unit.commit().await?;
        Ok(user)
    }
}

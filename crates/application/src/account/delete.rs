//! The end of an account, by its owner.

use std::{sync::Arc, time::Duration};

use doorward_domain::{
    Secret, Timestamp,
    audit::AuditKind,
    session::{EndReason, SessionEnd},
    token::OneTimePurpose,
};
use thiserror::Error;

use super::{
    Removal,
    reauthenticate::{Reauthentication, ReauthenticationError, reauthentication_of},
};
use crate::{
    Actor, Fault, FieldErrors, Ports, Settings,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, MessageKind},
    throttle::Throttle,
    trail::{Entry, Trail},
};

/// What became of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Done,
    /// It goes at this moment, unless its owner signs in to keep it before.
    Due(Timestamp),
}

/// Why the account stays.
#[derive(Debug, Error)]
pub enum DeleteAccountError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// Not the password.
    #[error("not the password")]
    WrongPassword,
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// The platform would be left without an administrator.
    #[error("the last administrator")]
    LastAdmin,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(DeleteAccountError);
reauthentication_of!(DeleteAccountError);

/// Ends the signed-in user's account.
pub struct DeleteAccount {
    ports: Ports,
    grace: Duration,
    reauthentication: Reauthentication,
    removal: Removal,
    post: Post,
    trail: Trail,
}

impl DeleteAccount {
    pub(super) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            ports: ports.clone(),
            grace: settings.keeping.deletion_grace,
            reauthentication: Reauthentication::new(ports, throttle),
            removal: Removal::new(ports),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Ends every session at once, and the account after the grace. Until then a sign-in can keep it.
    pub async fn execute(&self, actor: &Actor, password: &Secret<String>) -> Result<Deletion, DeleteAccountError> {
        let proof = self.reauthentication.prove(actor, "password", password).await?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let admins = unit.users().lock_active_admins().await?;
        let mut user = proof.lock(unit.as_mut(), actor, now).await?;
        if admins == [user.id] {
            return Err(DeleteAccountError::LastAdmin);
        }
        if self.grace.is_zero() {
            let entry = Entry::by(AuditKind::AccountDeleted, actor);
            self.removal.remove(unit.as_mut(), &user, entry, now).await?;
            unit.commit().await?;
            return Ok(Deletion::Done);
        }
        let due = now + self.grace;
        user.deletes_at = Some(due);
        user.epoch += 1;
        unit.users().update(&user).await?;
        unit.sessions().end_all(user.id, None, SessionEnd { at: now, reason: EndReason::UserRemoved }).await?;
        unit.one_time_tokens().discard(user.id, &OneTimePurpose::PENDING, None).await?;
        let facts = Facts { expires_at: Some(due), ..Facts::of_device(&actor.device) };
        self.post.write(unit.as_mut(), &user, MessageKind::DeletionScheduled, facts, now).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::DeletionRequested, actor), now).await?;
        unit.commit().await?;
        Ok(Deletion::Due(due))
    }
}

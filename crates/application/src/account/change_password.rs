//! A new password, by someone who knows the old one.

use std::sync::Arc;

use doorward_domain::{
    Secret,
    audit::AuditKind,
    session::{EndReason, SessionEnd},
    token::OneTimePurpose,
    user::password_policy::PasswordContext,
};
use thiserror::Error;

use super::reauthenticate::{Reauthentication, ReauthenticationError, reauthentication_of};
use crate::{
    Actor, Fault, FieldErrors, Ports, Settings,
    auth::PasswordRules,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, MessageKind},
    throttle::Throttle,
    trail::{Entry, Trail},
};

/// Why the password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// Not the current password.
    #[error("not the current password")]
    WrongPassword,
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(ChangePasswordError);
reauthentication_of!(ChangePasswordError);

/// Changes the signed-in user's password.
pub struct ChangePassword {
    ports: Ports,
    rules: PasswordRules,
    reauthentication: Reauthentication,
    post: Post,
    trail: Trail,
}

impl ChangePassword {
    pub(super) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            ports: ports.clone(),
            rules: PasswordRules::new(ports, settings),
            reauthentication: Reauthentication::new(ports, throttle),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Changes it. Every other session ends, and so does what was asked for by mail before; the user is told by mail.
    pub async fn execute(
        &self,
        actor: &Actor,
        current: &Secret<String>,
        new: &Secret<String>,
    ) -> Result<(), ChangePasswordError> {
        let mut errors = FieldErrors::default();
        let context = PasswordContext::of(&actor.user);
        let Some(new) = errors.keep("newPassword", self.rules.read(new, context)) else {
            return Err(ChangePasswordError::Invalid(errors));
        };
        let proof = self.reauthentication.prove(actor, "currentPassword", current).await?;
        let hash = self.ports.hasher.hash(&new).await?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let mut user = proof.lock(unit.as_mut(), actor, now).await?;
        user.credential_version += 1;
        unit.users().update(&user).await?;
        unit.users().set_password_hash(user.id, Some(&hash)).await?;
        let end = SessionEnd { at: now, reason: EndReason::PasswordChanged };
        unit.sessions().end_all(user.id, Some(actor.session.id), end).await?;
        unit.one_time_tokens().discard(user.id, &OneTimePurpose::PENDING, None).await?;
        let facts = Facts::of_device(&actor.device);
        self.post.notify(unit.as_mut(), &user, MessageKind::PasswordChanged, facts, now).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::PasswordChanged, actor), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

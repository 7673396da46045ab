//! A new password, by the link of a mail.

use doorward_domain::{
    Secret,
    audit::AuditKind,
    session::{Device, EndReason, SessionEnd},
    token::{OneTimePurpose, OneTimeSecret},
    user::password_policy::PasswordContext,
};
use thiserror::Error;

use crate::{
    Fault, FieldErrors, Ports, Settings,
    auth::PasswordRules,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, MessageKind},
    trail::{Entry, Trail},
};

/// Why the password was not reset.
#[derive(Debug, Error)]
pub enum ResetPasswordError {
    /// The password may not be chosen. The token is still good.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// The token is none, or was used, replaced or has expired.
    #[error("not a one-time token that is good")]
    InvalidToken,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(ResetPasswordError);

/// Chooses a new password for whoever reads the mail of the account's address: a function of one token and one
/// password, and of nothing else that a request says.
pub struct ResetPassword {
    ports: Ports,
    rules: PasswordRules,
    post: Post,
    trail: Trail,
}

impl ResetPassword {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            rules: PasswordRules::new(ports, settings),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Chooses it. Every session ends and nobody is signed in.
    ///
    /// An account whose address was never proven may be someone else's who signed up with it: the reset proves it, and
    /// whatever the earlier holder left pending is dropped.
    pub async fn execute(
        &self,
        token: &str,
        password: &Secret<String>,
        device: Device,
    ) -> Result<(), ResetPasswordError> {
        const PURPOSE: OneTimePurpose = OneTimePurpose::ResetPassword;
        let secret = OneTimeSecret::parse(token).ok_or(ResetPasswordError::InvalidToken)?;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let found = unit.one_time_tokens().find(PURPOSE, &secret.digest(), self.ports.clock.now()).await?;
        let found = found.ok_or(ResetPasswordError::InvalidToken)?;
        let user = unit.users().find(found.user_id).await?.ok_or(ResetPasswordError::InvalidToken)?;
        drop(unit);
        let mut errors = FieldErrors::default();
        let context = PasswordContext::of(&user);
        let Some(password) = errors.keep("password", self.rules.read(password, context)) else {
            return Err(ResetPasswordError::Invalid(errors));
        };
        let hash = self.ports.hasher.hash(&password).await?;

        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let redeemed = self.post.redeem(unit.as_mut(), PURPOSE, &secret, now).await?;
        let (_, mut user) = redeemed.ok_or(ResetPasswordError::InvalidToken)?;
        let dropped: &[_] =
            if user.email_verified_at.is_none() { &OneTimePurpose::ALL } else { &OneTimePurpose::PENDING };
        user.prove_email(now);
        user.credential_version += 1;
        unit.users().update(&user).await?;
        unit.users().set_password_hash(user.id, Some(&hash)).await?;
        let end = SessionEnd { at: now, reason: EndReason::PasswordChanged };
        unit.sessions().end_all(user.id, None, end).await?;
        unit.one_time_tokens().discard(user.id, dropped, None).await?;
        let facts = Facts::of_device(&device);
        self.post.notify(unit.as_mut(), &user, MessageKind::PasswordChanged, facts, now).await?;
        self.trail.record(unit.as_mut(), Entry::of(AuditKind::PasswordReset, user.id, device), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

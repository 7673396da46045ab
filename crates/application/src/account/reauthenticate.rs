//! The part that all acts share for which a signed-in user types the password once more.

use std::sync::Arc;

use doorward_domain::{
    Rejection, Secret, Timestamp, UserId,
    audit::AuditKind,
    user::{CredentialVersion, Password, User},
};
use thiserror::Error;

use crate::{
    Actor, Fault, FieldErrors, Ports,
    fault::faults_of,
    ports::{Access, UnitOfWork, Verdict},
    throttle::Throttle,
    trail::{Entry, Trail},
};

/// Compares the password of a signed-in user.
pub(super) struct Reauthentication {
    ports: Ports,
    throttle: Arc<Throttle>,
    trail: Trail,
}

/// Why a signed-in user was not believed.
#[derive(Debug, Error)]
pub(super) enum ReauthenticationError {
    #[error(transparent)]
    Invalid(FieldErrors),
    #[error("not the password")]
    WrongPassword,
    #[error("the session has ended")]
    SessionEnded,
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(ReauthenticationError);

/// The password was right when it was compared.
pub(super) struct Reauthenticated {
    user_id: UserId,
    version: CredentialVersion,
}

impl Reauthentication {
    pub(super) fn new(ports: &Ports, throttle: &Arc<Throttle>) -> Self {
        Self { ports: ports.clone(), throttle: Arc::clone(throttle), trail: Trail::new(ports) }
    }

    /// Compares the password, outside of any writing unit. `field` is what clients call it.
    pub(super) async fn prove(
        &self,
        actor: &Actor,
        field: &'static str,
        password: &Secret<String>,
    ) -> Result<Reauthenticated, ReauthenticationError> {
        let mut errors = FieldErrors::default();
        let parsed = Password::parse(password.expose());
        // A password that is too long to be one is a wrong one, but one that was left out was forgotten.
        if parsed.as_ref().is_err_and(|why| *why == Rejection::Required) {
            errors.refuse(field, Rejection::Required);
            return Err(ReauthenticationError::Invalid(errors));
        }
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let user = unit.users().find(actor.user.id).await?.ok_or(ReauthenticationError::SessionEnded)?;
        let stored = unit.users().password_hash(user.id).await?;
        drop(unit);
        let attempt = self.throttle.reauthentication(actor).await?;
        let verdict = match (&parsed, &stored) {
            (Ok(password), Some(stored)) => self.ports.hasher.verify(password, stored).await,
            _ => Ok(Verdict::Mismatch),
        };
        let verdict = match verdict {
            Ok(verdict) => verdict,
            Err(cause) => {
                attempt.was_none().await;
                return Err(cause.into());
            }
        };
        if verdict == Verdict::Mismatch {
            let now = self.ports.clock.now();
            let mut unit = self.ports.store.begin(Access::Write).await?;
            let entry = Entry::by(AuditKind::ReauthenticationFailed, actor);
            self.trail.record(unit.as_mut(), entry, now).await?;
            unit.commit().await?;
            return Err(ReauthenticationError::WrongPassword);
        }
        attempt.succeeded().await;
        Ok(Reauthenticated { user_id: user.id, version: user.credential_version })
    }
}

impl Reauthenticated {
    /// The user, locked, if the password is still the one that was compared and the session still lives.
    pub(super) async fn lock(
        &self,
        unit: &mut dyn UnitOfWork,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<User, ReauthenticationError> {
        let user = unit.users().lock(self.user_id).await?.ok_or(ReauthenticationError::SessionEnded)?;
        actor.still_signed_in(unit, now).await?.ok_or(ReauthenticationError::SessionEnded)?;
        if user.credential_version != self.version {
            return Err(ReauthenticationError::WrongPassword);
        }
        Ok(user)
    }
}

/// Gives an error enum the variants of [`ReauthenticationError`].
macro_rules! reauthentication_of {
    ($error:ty) => {
        impl From<ReauthenticationError> for $error {
            fn from(cause: ReauthenticationError) -> Self {
                match cause {
                    ReauthenticationError::Invalid(errors) => Self::Invalid(errors),
                    ReauthenticationError::WrongPassword => Self::WrongPassword,
                    ReauthenticationError::SessionEnded => Self::SessionEnded,
                    ReauthenticationError::Fault(fault) => Self::Fault(fault),
                }
            }
        }
    };
}

pub(super) use reauthentication_of;

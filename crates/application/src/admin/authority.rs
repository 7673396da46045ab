//! The part that all acts of administrators share: whether they still may.

use doorward_domain::{Role, Timestamp};
use thiserror::Error;

use crate::{Actor, Fault, Forbidden, fault::faults_of, ports::UnitOfWork};

/// Why an administrator may not act any more.
#[derive(Debug, Error)]
pub(super) enum AuthorityError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("the session has ended")]
    SessionEnded,
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(AuthorityError);

/// Fails unless the actor is still signed in and an administrator: a body may arrive long after its head, and an
/// administrator who waited for a lock may have been waiting for the end of their own rights.
///
/// Asked once the unit has its locks. The actor is read and not locked, or two administrators who act upon each other
/// would wait for each other.
pub(super) async fn authorised(unit: &mut dyn UnitOfWork, actor: &Actor, now: Timestamp) -> Result<(), AuthorityError> {
    let found = unit.sessions().find_with_user(actor.session.id).await?;
    let found = found.filter(|(session, user)| session.is_live(now) && user.may_sign_in());
    let (_, user) = found.ok_or(AuthorityError::SessionEnded)?;
    if user.role == Role::Admin { Ok(()) } else { Err(Forbidden.into()) }
}

/// Gives error enums the variants of [`AuthorityError`].
macro_rules! authority_of {
    ($($error:ty),* $(,)?) => { $(
        impl From<AuthorityError> for $error {
            fn from(cause: AuthorityError) -> Self {
                match cause {
                    AuthorityError::Forbidden(forbidden) => Self::Forbidden(forbidden),
                    AuthorityError::SessionEnded => Self::SessionEnded,
                    AuthorityError::Fault(fault) => Self::Fault(fault),
                }
            }
        }
    )* };
}

pub(super) use authority_of;

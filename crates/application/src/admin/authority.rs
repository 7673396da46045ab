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

/// Fails unless the actor is [still signed in](Actor::still_signed_in), and an administrator.
pub(super) async fn authorised(unit: &mut dyn UnitOfWork, actor: &Actor, now: Timestamp) -> Result<(), AuthorityError> {
    let user = actor.still_signed_in(unit, now).await?.ok_or(AuthorityError::SessionEnded)?;
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

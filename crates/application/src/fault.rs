//! When a part that a use case relies on fails.

use thiserror::Error;

use crate::{
    ports::{HashError, RenewError, SignError, SmithError, StoreError, UnknownRefreshKey, UpdateUserError},
    throttle::Throttled,
};

/// A port failed. No caller can mend it; every use case's error has it as a variant.
#[derive(Debug, Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password was not hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A token was not signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Signing keys were not taken into use.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// A signing key was not made.
    #[error(transparent)]
    Smith(#[from] SmithError),
    /// A session's refresh key is gone.
    #[error(transparent)]
    RefreshKey(#[from] UnknownRefreshKey),
    /// What is stored contradicts itself.
    #[error("the store is inconsistent: {0}")]
    Inconsistent(&'static str),
    /// Others changed the same thing again and again meanwhile.
    #[error("too many others were changing the same thing")]
    Contended,
    /// As many wait as may.
    #[error("too many others are waiting")]
    Crowded,
    /// It was tried too often.
    #[error(transparent)]
    Throttled(#[from] Throttled),
}

/// Where a use case changes neither address nor username, neither can be taken.
impl From<UpdateUserError> for Fault {
    fn from(refused: UpdateUserError) -> Self {
        match refused {
            UpdateUserError::Taken(_) => Self::Inconsistent("a user's name is another's too"),
            UpdateUserError::Store(cause) => cause.into(),
        }
    }
}

/// Lets `?` turn each port's error into the `Fault` variant of these use cases' errors.
macro_rules! faults_of {
    ($($error:ty),* $(,)?) => { $(
        impl<E> From<E> for $error
        where
            $crate::Fault: From<E>,
        {
            fn from(cause: E) -> Self {
                Self::Fault(cause.into())
            }
        }
    )* };
}

pub(crate) use faults_of;

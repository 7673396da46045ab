//! What a test server cannot do.

use std::error::Error;

use doorward_application::{Fault, ports::StoreError};
use doorward_domain::Timestamp;
use thiserror::Error;

/// Why a test server did not do what it was told. Nothing was done.
#[derive(Debug, Error)]
pub enum TestServerError {
    /// No state is kept under this name.
    #[error("there is no snapshot {0}")]
    NoSuchSnapshot(String),
    /// There is no such user, or the user has no password.
    #[error("there is no such user, or the user has no password yet")]
    NoSuchUser,
    /// A user has a name that a new one was to have.
    #[error("{0} is there already")]
    AlreadyThere(String),
    /// The clock goes forward only, and not for ever. It stands here.
    #[error("the clock stands at {0} and goes forward only, to the year 9000: restore a snapshot, or reset")]
    NotBack(Timestamp),
    /// What was asked for cannot be.
    #[error("{0}")]
    Refused(String),
    /// It broke.
    #[error("the test server failed: {0}")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

impl TestServerError {
    pub(super) fn broken(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }
}

impl From<StoreError> for TestServerError {
    fn from(cause: StoreError) -> Self {
        Self::broken(cause)
    }
}

impl From<Fault> for TestServerError {
    fn from(cause: Fault) -> Self {
        Self::broken(cause)
    }
}

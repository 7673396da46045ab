//! The time.

use doorward_domain::Timestamp;

/// Tells the time.
///
/// An adapter MUST tell UTC, and MUST cut it to whole microseconds, the precision PostgreSQL keeps: a moment that
/// is stored and read again is the same moment.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

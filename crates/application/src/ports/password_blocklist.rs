//! Passwords that must not be chosen.

use doorward_domain::{Rejection, user::Password};

/// Knows passwords that must not be chosen, and why (NIST SP 800-63B-4 §3.1.1.2).
///
/// - An adapter MUST compare the whole password. A list of words MUST be compared without regard to case; a list of
///   hashes cannot be.
/// - It MUST answer from memory, or from a bounded number of reads of a local file: it is asked on the threads that
///   serve requests, and before a hash that takes far longer.
/// - A list that cannot be read MUST refuse nothing: it is a safeguard beside the others, and nobody could sign up.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordBlocklist: Send + Sync {
    /// Why this password must not be chosen; `None` if it may be.
    fn refuses(&self, password: &Password) -> Option<Rejection>;
}

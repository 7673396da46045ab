//! Passwords that everyone tries first.

use doorward_domain::user::Password;

/// Knows passwords that must not be chosen (NIST SP 800-63B-4 §3.1.1.2).
///
/// An adapter MUST compare the whole password, without regard to case, and MUST answer without I/O.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordBlocklist: Send + Sync {
    /// Whether the password is on the list.
    fn contains(&self, password: &Password) -> bool;
}

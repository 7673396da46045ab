//! What can come of a sign-up, in words.

use super::{Register, RegisterError, Registered};
use crate::Fault;

impl Register {
    /// All that can come of a sign-up, in words.
    pub const OUTCOMES: [&str; 11] = [
        "signed_in",
        "unverified",
        "accepted",
        "invalid",
        "closed",
        "role_not_allowed",
        "invalid_invitation",
        "user_already_exists",
        "username_taken",
        "throttled",
        "fault",
    ];
}

impl RegisterError {
    /// Why, in a word for the count of sign-ups.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Closed => "closed",
            Self::RoleNotAllowed => "role_not_allowed",
            Self::InvalidInvitation => "invalid_invitation",
            Self::UserAlreadyExists => "user_already_exists",
            Self::UsernameTaken => "username_taken",
            Self::Fault(Fault::Throttled(_)) => "throttled",
            Self::Fault(_) => "fault",
        }
    }
}

impl Registered {
    /// What became of it, in a word for the count of sign-ups.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::SignedIn(_) => "signed_in",
            Self::Unverified { .. } => "unverified",
            Self::Accepted => "accepted",
        }
    }
}

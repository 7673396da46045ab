//! Tokens that are sent by mail and work once.

use std::time::Duration;

use crate::{Digest, OneTimeTokenId, Timestamp, UserId, user::EmailAddress};

/// What a one-time token is for. A token of one purpose is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OneTimePurpose {
    /// Proves that the user reads the mail of the address.
    VerifyEmail,
}

impl OneTimePurpose {
    /// Every purpose.
    pub const ALL: [Self; 1] = [Self::VerifyEmail];

    /// The purpose's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
        }
    }

    /// How long such a token is good for.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_hours(24),
        }
    }
}

/// What is stored of a one-time token: 32 random bytes went out by mail, their digest stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeToken {
    /// The row's name.
    pub id: OneTimeTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: OneTimePurpose,
    /// The address it was sent to. It proves no other.
    pub address: EmailAddress,
    /// The digest of the random bytes.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

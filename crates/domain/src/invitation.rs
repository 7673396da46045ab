//! Invitations: an administrator lets someone sign up for a role.

use crate::{Digest, InvitationId, Role, Timestamp, UserId, text::Line, user::EmailAddress};

/// What is stored of an invitation: 32 random bytes went out by mail, their digest stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The invitation's name.
    pub id: InvitationId,
    /// Who is invited. The link proves the address.
    pub email: EmailAddress,
    /// For which role.
    pub role: Role,
    /// For which company, where the role has one.
    pub company: Option<Line>,
    /// The administrator who invited.
    pub invited_by: UserId,
    /// The digest of the random bytes.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// What became of it before it expired, and when.
    pub closed: Option<InvitationEnd>,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationEnd {
    /// Someone signed up with it.
    Accepted {
        /// When.
        at: Timestamp,
        /// Who.
        by: UserId,
    },
    /// An administrator took it back, or invited the address again.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// What an invitation is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be accepted.
    Open,
    /// It was accepted.
    Accepted,
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
}

impl InvitationState {
    /// The state's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }
}

impl Invitation {
    /// What the invitation is now.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> InvitationState {
        match self.closed {
            Some(InvitationEnd::Accepted { .. }) => InvitationState::Accepted,
            Some(InvitationEnd::Withdrawn { .. }) => InvitationState::Withdrawn,
            None if now >= self.expires_at => InvitationState::Expired,
            None => InvitationState::Open,
        }
    }
}

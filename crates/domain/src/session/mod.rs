//! Sessions: the stored record of a sign-in and of the tokens that stand for it.

pub mod device;
pub mod refresh_token;

use std::time::Duration;

pub use device::{Device, DeviceName, UserAgent};
pub use refresh_token::{Generation, Nonce, RefreshState, RefreshToken};

use crate::{SessionId, Timestamp, TokenId, UserId};

/// A sign-in that may still be going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session's name; the `sid` claim.
    pub id: SessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// From what, and from where.
    pub device: Device,
    /// Whether the browser keeps its cookies after it is closed.
    pub remembered: bool,
    /// When the sign-in happened.
    pub created_at: Timestamp,
    /// When the session was last used, true to five minutes.
    pub last_seen_at: Timestamp,
    /// When it ends if it is not refreshed before.
    pub idle_expires_at: Timestamp,
    /// When it ends whatever happens. Never moved.
    pub absolute_expires_at: Timestamp,
    /// Whether, when and why it was ended before its time.
    pub ended: Option<SessionEnd>,
    /// The newest access token: a record, not a gate. Earlier tokens live to their own expiry.
    pub access_token_id: TokenId,
    /// Which refresh token is the live one.
    pub refresh: RefreshState,
}

/// What a refresh changes in its session.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The next generation.
    pub to: Generation,
    /// When.
    pub at: Timestamp,
    /// When the session ends if it is not refreshed again.
    pub idle_expires_at: Timestamp,
    /// The access token that goes with it.
    pub access_token_id: TokenId,
}

/// The end of a session before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// When it was ended.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
}

/// Why a session was ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The user signed out of it.
    LoggedOut,
    /// The user ended it from another session.
    Revoked,
    /// A new sign-in in the same browser took its place.
    Replaced,
    /// The user had more sessions than allowed, and this was the oldest.
    Evicted,
    /// A refresh token that had been used up was presented.
    RefreshTokenReused,
    /// The user was deactivated or deleted.
    UserRemoved,
    /// The password was changed or reset.
    PasswordChanged,
    /// The user said by a link from a mail that it was someone else's.
    Disowned,
    /// An administrator ended it.
    EndedByAdmin,
}

impl EndReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::LoggedOut,
        Self::Revoked,
        Self::Replaced,
        Self::Evicted,
        Self::RefreshTokenReused,
        Self::UserRemoved,
        Self::PasswordChanged,
        Self::Disowned,
        Self::EndedByAdmin,
    ];

    /// The reason's name in the database and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
            Self::Evicted => "evicted",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::UserRemoved => "user_removed",
            Self::PasswordChanged => "password_changed",
            Self::Disowned => "disowned",
            Self::EndedByAdmin => "ended_by_admin",
        }
    }
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    /// From the last refresh.
    pub idle: Duration,
    /// From the sign-in.
    pub absolute: Duration,
}

impl SessionLifetime {
    /// When a session that is refreshed now ends if it is not refreshed again: never after its absolute end.
    #[must_use]
    pub fn idle_end(&self, now: Timestamp, absolute_end: Timestamp) -> Timestamp {
        (now + self.idle).min(absolute_end)
    }
}

/// What a session is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Its tokens are good.
    Live,
    /// It was ended before its time.
    Ended,
    /// Its time is over.
    Expired,
}

impl Session {
    /// What the session is now. A clock that runs backwards brings no ended session back.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SessionState {
        if self.ended.is_some() {
            SessionState::Ended
        } else if now >= self.idle_expires_at || now >= self.absolute_expires_at {
            SessionState::Expired
        } else {
            SessionState::Live
        }
    }

    /// The session after a refresh.
    #[must_use]
    pub fn rotated(mut self, rotation: &Rotation) -> Self {
        self.refresh.generation = rotation.to;
        self.refresh.rotated_at = rotation.at;
        self.last_seen_at = self.last_seen_at.max(rotation.at);
        self.idle_expires_at = rotation.idle_expires_at;
        self.access_token_id = rotation.access_token_id;
        self
    }

    /// Whether its tokens are good now.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state(now) == SessionState::Live
    }
}

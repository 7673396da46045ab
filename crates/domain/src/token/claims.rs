//! What an access token says.

use std::time::Duration;

use crate::{Role, SessionId, Timestamp, TokenId, UserId, user::Epoch};

/// The claims of an access token (RFC 9068 §2.2) that are doorward's to decide. Issuer, audience and client id are
/// the signer's: they are the same in every token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: who it is about.
    pub subject: UserId,
    /// `sid`: the session it belongs to.
    pub session_id: SessionId,
    /// `jti`: which token it is.
    pub token_id: TokenId,
    /// `epoch`: the user's, when it was signed.
    pub epoch: Epoch,
    /// `role`: the user's, when it was signed.
    pub role: Role,
    /// `iat` and `nbf`, to the second.
    pub issued_at: Timestamp,
    /// `exp`, to the second.
    pub expires_at: Timestamp,
    /// `email` and `name`, where `tokens.profile_claims` wants them.
    pub profile: Option<ProfileClaims>,
}

impl AccessClaims {
    /// The longest that a token may be set to live. What is to outlive every token outlives this: those that were signed
    /// before a shorter life was set are still out there.
    pub const LONGEST_LIFE: Duration = Duration::from_hours(1);
}

/// The claims that say who someone is to people. They are readable by whoever sees the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileClaims {
    /// `email`, as typed.
    pub email: String,
    /// `name`, first and last.
    pub name: String,
}

//! Refresh tokens and the decision what becomes of one that is presented.
//!
//! A session has one live refresh token at a time. Each refresh replaces it by the next *generation*. The token
//! is a function of the session's nonce and the generation, authenticated by a key that only the server has, so
//! that no table of tokens is needed and a request that is repeated gets the same bytes. A token that comes back
//! after it was replaced is either a client whose answer was lost, which asks again within seconds, or a thief:
//! RFC 9700 §4.14.2 asks that the session end then, because which of the two holds the stolen copy cannot be known.

use std::time::Duration;

use zeroize::Zeroize;

use super::{Session, SessionState};
use crate::{Digest, RefreshKeyId, Secret, SessionId, Timestamp};

/// How often a session has been refreshed.
pub type Generation = u32;

/// 128 random bits that only the holder of a session's refresh token knows.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// Takes random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

/// What a refresh token says, once its authenticity has been checked. See the `RefreshTokenCodec` port.
pub struct RefreshToken {
    /// The key that authenticates it, and every successor of it.
    pub key_id: RefreshKeyId,
    /// The session that it continues.
    pub session_id: SessionId,
    /// Which of the session's tokens it is.
    pub generation: Generation,
    /// The session's nonce.
    pub nonce: Secret<Nonce>,
}

impl RefreshToken {
    /// The session's token of another generation.
    #[must_use]
    pub fn of_generation(self, generation: Generation) -> Self {
        Self { generation, ..self }
    }
}

/// What a session stores about its refresh tokens. None of it can be used as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshState {
    /// The live generation.
    pub generation: Generation,
    /// When it became the live one.
    pub rotated_at: Timestamp,
    /// The digest of the session's nonce.
    pub nonce_digest: Digest,
    /// The key that authenticates the session's tokens.
    pub key_id: RefreshKeyId,
}

/// What becomes of an authentic refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is the live one: the session moves on to this generation.
    Rotate {
        /// The generation after the live one.
        to: Generation,
    },
    /// It is the one before the live one, within the grace: the live one is handed out again.
    Repeat {
        /// The live generation.
        live: Generation,
    },
    /// It was used up: the session must end.
    Reused,
    /// It is of a generation that the session has not reached, as after a restored backup: the session must end.
    Ahead,
    /// The session was ended before.
    Ended,
    /// The session's time is over.
    Expired,
    /// It belongs to another session than the one stored, or the generations are exhausted.
    Foreign,
}

/// Decides about an authentic token that arrived at this moment. `grace` counts from the moment of the rotation and
/// is never extended; a token that arrived before the rotation, or by a clock that ran backwards, is within it.
#[must_use]
pub fn decide(session: &Session, token: &RefreshToken, arrived: Timestamp, grace: Duration) -> Decision {
    let live = session.refresh;
    if token.session_id != session.id
        || token.key_id != live.key_id
        || token.nonce.expose().digest() != live.nonce_digest
    {
        return Decision::Foreign;
    }
    match session.state(arrived) {
        SessionState::Ended => return Decision::Ended,
        SessionState::Expired => return Decision::Expired,
        SessionState::Live => {}
    }
    if token.generation == live.generation {
        return live.generation.checked_add(1).map_or(Decision::Foreign, |to| Decision::Rotate { to });
    }
    if token.generation > live.generation {
        return Decision::Ahead;
    }
    let since_rotation = (arrived - live.rotated_at).to_std().unwrap_or(Duration::ZERO);
    if token.generation + 1 == live.generation && since_rotation <= grace {
        Decision::Repeat { live: live.generation }
    } else {
        Decision::Reused
    }
}

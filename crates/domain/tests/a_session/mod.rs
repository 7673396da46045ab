//! A session and its refresh tokens, for the tests of what is decided about them.

use doorward_domain::{
    RefreshKeyId, Secret, SessionId, Timestamp, TokenId, UserId,
    session::{Device, Generation, Nonce, RefreshState, RefreshToken, Session},
};
use uuid::Uuid;

const NONCE: Nonce = Nonce::new([7; 16]);
const KEY: RefreshKeyId = RefreshKeyId::new(Uuid::from_u128(3));

/// This many seconds after an arbitrary beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(1_000_000_000 + seconds)
}

/// A session that was opened at `at(0)` and ends at these moments if nothing happens.
pub(crate) fn opened(idle_expires_at: Timestamp, absolute_expires_at: Timestamp) -> Session {
    Session {
        id: SessionId::new(Uuid::from_u128(1)),
        user_id: UserId::new(Uuid::from_u128(2)),
        device: Device::default(),
        remembered: true,
        created_at: at(0),
        last_seen_at: at(0),
        idle_expires_at,
        absolute_expires_at,
        ended: None,
        access_token_id: TokenId::new(Uuid::from_u128(4)),
        refresh: RefreshState { generation: 0, rotated_at: at(0), nonce_digest: NONCE.digest(), key_id: KEY },
    }
}

/// The session's token of this generation.
pub(crate) fn token(session: &Session, generation: Generation) -> RefreshToken {
    RefreshToken { key_id: KEY, session_id: session.id, generation, nonce: Secret::new(NONCE) }
}

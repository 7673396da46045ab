//! Refresh tokens as the client sees them.

use doorward_domain::{RefreshKeyId, Secret, session::RefreshToken};
use thiserror::Error;

/// Turns refresh tokens into opaque text and back.
///
/// - The text MUST be a function of the token alone: the same token, encoded twice, on any node and after any
///   restart, is the same text, byte for byte.
/// - [`decode`](Self::decode) MUST accept what [`encode`](Self::encode) made with the same key and nothing else, not
///   even another spelling of the same bytes, and MUST NOT read a database.
/// - The keys MUST be random, and kept so that neither the store nor the master secret alone gives them away.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RefreshTokenCodec: Send + Sync {
    /// The key for new sessions.
    fn current_key(&self) -> RefreshKeyId;

    /// The token as text.
    fn encode(&self, token: &RefreshToken) -> Result<Secret<String>, UnknownRefreshKey>;

    /// The token that this text is.
    fn decode(&self, text: &str) -> Result<RefreshToken, InvalidRefreshToken>;
}

/// The key that a token names is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("refresh key {0} is not known")]
pub struct UnknownRefreshKey(pub RefreshKeyId);

/// The text is no refresh token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a refresh token")]
pub struct InvalidRefreshToken;

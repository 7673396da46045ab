//! Refresh tokens as text that a person can read.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{InvalidRefreshToken, RefreshTokenCodec, UnknownRefreshKey};
use doorward_domain::{
    Digest, RefreshKeyId, Secret, SessionId,
    session::{Nonce, RefreshToken},
};
use uuid::Uuid;

/// Writes a token's fields as `fake.<key>.<session>.<generation>.<nonce>.<digest>`. Nothing in it is a secret: it is
/// for tests that want to read what they failed on.
#[derive(Clone, Copy, Debug)]
pub struct FakeRefreshTokens {
    key: RefreshKeyId,
}

impl Default for FakeRefreshTokens {
    fn default() -> Self {
        Self::of_key(RefreshKeyId::new(Uuid::nil()))
    }
}

impl FakeRefreshTokens {
    /// A codec with this one key.
    #[must_use]
    pub const fn of_key(key: RefreshKeyId) -> Self {
        Self { key }
    }

    fn parse(text: &str) -> Option<RefreshToken> {
        let mut fields = text.strip_prefix("fake.")?.split('.');
        let mut field = || fields.next();
        Some(RefreshToken {
            key_id: RefreshKeyId::new(field()?.parse().ok()?),
            session_id: SessionId::new(field()?.parse().ok()?),
            generation: field()?.parse().ok()?,
            nonce: Secret::new(Nonce::new(URL_SAFE_NO_PAD.decode(field()?).ok()?.try_into().ok()?)),
        })
    }
}

impl RefreshTokenCodec for FakeRefreshTokens {
    fn current_key(&self) -> RefreshKeyId {
        self.key
    }

    fn encode(&self, token: &RefreshToken) -> Result<Secret<String>, UnknownRefreshKey> {
        let &RefreshToken { key_id, session_id, generation, ref nonce } = token;
        if key_id != self.key {
            return Err(UnknownRefreshKey(key_id));
        }
        let nonce = URL_SAFE_NO_PAD.encode(nonce.expose().as_bytes());
        let body = format!("fake.{key_id}.{session_id}.{generation}.{nonce}");
        let digest = URL_SAFE_NO_PAD.encode(Digest::of(body.as_bytes()).as_bytes());
        Ok(Secret::new(format!("{body}.{digest}")))
    }

    fn decode(&self, text: &str) -> Result<RefreshToken, InvalidRefreshToken> {
        // Whatever was parsed, it is the token only if it is written exactly so.
        Self::parse(text)
            .filter(|token| self.encode(token).is_ok_and(|again| again.expose() == text))
            .ok_or(InvalidRefreshToken)
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::RefreshKeyId;
    use uuid::Uuid;

    use super::FakeRefreshTokens;
    use crate::contract::refresh_token_codec::Subject;

    crate::refresh_token_codec_contract!(Subject {
        codec: Box::new(FakeRefreshTokens::default()),
        again: Box::new(FakeRefreshTokens::default()),
        stranger: Box::new(FakeRefreshTokens::of_key(RefreshKeyId::new(Uuid::from_u128(1)))),
    });
}

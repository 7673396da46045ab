//! Refresh tokens as text, authenticated by HMAC-SHA-256 (RFC 2104).

use std::collections::HashMap;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{
    Clock, IdGenerator, InvalidRefreshToken, RefreshTokenCodec, SecretGenerator, UnknownRefreshKey,
};
use doorward_domain::{
    RefreshKeyId, Secret, SessionId,
    session::{Nonce, RefreshToken},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    Sealer,
    key_ring::{self, KeyError, KeyRows, NewKey},
    store::keys::KeyPurpose,
};

/// Refresh tokens that are authentic by a MAC, so garbage is refused without a look at the database.
///
/// The text is [`PREFIX`](Self::PREFIX) and, in base64url without padding, version byte, key id, session id,
/// generation (big-endian), nonce and the MAC over all of them.
pub struct MacRefreshTokens {
    current: RefreshKeyId,
    keys: HashMap<RefreshKeyId, hmac::Key>,
}

/// Version, key id, session id, generation, nonce.
const BODY_LEN: usize = 1 + 16 + 16 + 4 + 16;
const MAC_LEN: usize = 32;

impl MacRefreshTokens {
    /// Every token begins with it, so that scanners for leaked secrets can know one.
    pub const PREFIX: &'static str = "dwr_";

    const ALGORITHM: &'static str = "HMAC-SHA256";
    /// Changes with the format of the text.
    const VERSION: u8 = 1;

    /// Opens the ring of refresh token keys, and makes the first key where there is none.
    ///
    /// The ring is read once: a key that another node makes later is not known here until the next start.
    pub async fn open(
        rows: &dyn KeyRows,
        sealer: &Sealer,
        clock: &dyn Clock,
        ids: &dyn IdGenerator,
        secrets: &dyn SecretGenerator,
    ) -> Result<Self, KeyError> {
        let now = clock.now();
        let make =
            || Some(NewKey { id: ids.next(now).to_string(), secret: Secret::new(secrets.bytes32().expose().to_vec()) });
        let ring = key_ring::open(rows, sealer, KeyPurpose::RefreshToken, Self::ALGORITHM, now, make).await?;
        let mut current = None;
        let mut keys = HashMap::new();
        for key in ring {
            let unusable = |reason| KeyError::Unusable { id: key.id.clone(), reason };
            if key.algorithm != Self::ALGORITHM {
                return Err(unusable("this version does not know its algorithm"));
            }
            if key.secret.expose().len() < MAC_LEN {
                return Err(unusable("a MAC key must have at least 32 bytes"));
            }
            let id = Uuid::try_parse(&key.id).map_err(|_| unusable("its name is no UUID"))?;
            let id = RefreshKeyId::new(id);
            keys.insert(id, hmac::Key::new(hmac::HMAC_SHA256, key.secret.expose()));
            current = Some(id);
        }
        let current = current.ok_or(KeyError::NotMade { algorithm: Self::ALGORITHM })?;
        Ok(Self { current, keys })
    }

    /// The token that the text is, if the MAC is ours.
    fn authentic(&self, text: &str) -> Option<RefreshToken> {
        let mut bytes = Zeroizing::new([0; BODY_LEN + MAC_LEN]);
        let length = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(Self::PREFIX)?, bytes.as_mut_slice()).ok()?;
        if length != bytes.len() {
            return None;
        }
        let (body, mac) = bytes.split_at(BODY_LEN);
        let (&version, fields) = body.split_first()?;
        let (key_id, fields) = fields.split_first_chunk()?;
        let (session_id, fields) = fields.split_first_chunk()?;
        let (generation, nonce) = fields.split_first_chunk()?;
        let key_id = RefreshKeyId::new(Uuid::from_bytes(*key_id));
        hmac::verify(self.keys.get(&key_id)?, body, mac).ok()?;
        if version != Self::VERSION {
            return None;
        }
        Some(RefreshToken {
            key_id,
            session_id: SessionId::new(Uuid::from_bytes(*session_id)),
            generation: u32::from_be_bytes(*generation),
            nonce: Secret::new(Nonce::new(nonce.try_into().ok()?)),
        })
    }
}

impl RefreshTokenCodec for MacRefreshTokens {
    fn current_key(&self) -> RefreshKeyId {
        self.current
    }

    fn encode(&self, token: &RefreshToken) -> Result<Secret<String>, UnknownRefreshKey> {
        let key = self.keys.get(&token.key_id).ok_or(UnknownRefreshKey(token.key_id))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(BODY_LEN + MAC_LEN));
        bytes.push(Self::VERSION);
        bytes.extend_from_slice(token.key_id.uuid().as_bytes());
        bytes.extend_from_slice(token.session_id.uuid().as_bytes());
        bytes.extend_from_slice(&token.generation.to_be_bytes());
        bytes.extend_from_slice(token.nonce.expose().as_bytes());
        let mac = hmac::sign(key, &bytes);
        bytes.extend_from_slice(mac.as_ref());
        let mut text = Self::PREFIX.to_owned();
        URL_SAFE_NO_PAD.encode_string(&bytes, &mut text);
        Ok(Secret::new(text))
    }

    fn decode(&self, text: &str) -> Result<RefreshToken, InvalidRefreshToken> {
        self.authentic(text).ok_or(InvalidRefreshToken)
    }
}

//! What a browser that has signed in shows at its next sign-in.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_domain::{Secret, Timestamp, UserId};
use uuid::Uuid;

use crate::{
    Ports,
    ports::{DigestUse, KeyedDigest, SecretGenerator},
};

/// Makes and reads device tokens: the proof that someone has signed in to this account with this browser before. It lets
/// nobody in; it has a budget of attempts of its own, which no stranger's attempts exhaust (OWASP, device cookies).
///
/// A token is the user's id, a nonce, the moment at which it was made, and a keyed digest of these, in base64url.
pub struct DeviceTokens {
    digests: Arc<dyn KeyedDigest>,
    secrets: Arc<dyn SecretGenerator>,
}

/// A browser that someone has signed in with before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownBrowser {
    pub(crate) user_id: UserId,
    pub(super) nonce: [u8; 16],
}

impl DeviceTokens {
    /// How long a token is good: as long as browsers keep a cookie.
    pub const LIFE: Duration = Duration::from_hours(400 * 24);

    /// Two UUIDs' worth, a moment and a digest.
    const LEN: usize = 16 + 16 + 8 + 32;

    pub(crate) fn new(ports: &Ports) -> Self {
        Self { digests: Arc::clone(&ports.digests), secrets: Arc::clone(&ports.secrets) }
    }

    /// A token for the browser in which this user has signed in now; the same browser stays the same.
    pub(crate) fn issue(&self, user_id: UserId, known: Option<KnownBrowser>, now: Timestamp) -> Secret<String> {
        let known = known.filter(|known| known.user_id == user_id);
        let nonce = known.map_or_else(|| *self.secrets.bytes16().expose(), |known| known.nonce);
        let mut token = Vec::with_capacity(Self::LEN);
        token.extend(user_id.uuid().as_bytes());
        token.extend(nonce);
        token.extend(now.timestamp_micros().to_be_bytes());
        let digest = self.digests.digest(DigestUse::Device, &token);
        token.extend(digest.as_bytes());
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(token))
    }

    /// The browser that shows this token, if it is one of ours and not too old.
    pub(crate) fn read(&self, token: &Secret<String>, now: Timestamp) -> Option<KnownBrowser> {
        let bytes: [u8; Self::LEN] = BASE64_URL_SAFE_NO_PAD.decode(token.expose()).ok()?.try_into().ok()?;
        let (said, digest) = bytes.split_at(Self::LEN - 32);
        // Digests of digests are compared, so that the time it takes tells nothing of the one that would be right.
        let of = |digest: &[u8]| self.digests.digest(DigestUse::Device, digest);
        if of(self.digests.digest(DigestUse::Device, said).as_bytes()) != of(digest) {
            return None;
        }
        let (user_id, said) = said.split_first_chunk::<16>()?;
        let (nonce, issued_at) = said.split_first_chunk::<16>()?;
        let issued_at = Timestamp::from_timestamp_micros(i64::from_be_bytes(issued_at.try_into().ok()?))?;
        let is_good = now < issued_at + Self::LIFE;
        is_good.then(|| KnownBrowser { user_id: UserId::new(Uuid::from_bytes(*user_id)), nonce: *nonce })
    }
}

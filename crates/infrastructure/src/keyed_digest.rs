//! Digests under a key of the deployment's own.

use aws_lc_rs::hmac;
use doorward_application::ports::{Clock, DigestUse, IdGenerator, KeyedDigest};
use doorward_domain::{Digest, Secret};

use crate::{
    SealError, Sealer,
    key_ring::{self, KeyError, KeyRows, NewKey},
    store::keys::KeyPurpose,
};

/// HMAC-SHA-256 (RFC 2104) under one stored key: the same on every node, after every restart, and after every change of
/// the master secret, which the key is sealed under.
///
/// What is digested is the use's name, a zero byte, which no name holds, and the bytes.
pub struct HmacDigests {
    key: hmac::Key,
}

impl HmacDigests {
    const ALGORITHM: &'static str = "HMAC-SHA256";
    const KEY_LEN: usize = 32;

    /// Opens the key, and makes it where there is none.
    ///
    /// Before it was stored, it was derived from the master secret (HKDF-SHA-256, RFC 5869). It still is when it is made,
    /// from the secret that the oldest stored key is sealed under: the first start of a version that stores it may be the
    /// first one with a new secret too, and digests that were made before must be found after it.
    pub async fn open(
        rows: &dyn KeyRows,
        sealer: &Sealer,
        clock: &dyn Clock,
        ids: &dyn IdGenerator,
    ) -> Result<Self, KeyError> {
        let now = clock.now();
        let key = match key_ring::oldest(rows).await? {
            Some(oldest) => sealer
                .digest_key_of(&key_ring::context(&oldest.id), &oldest.sealed)
                .map_err(|SealError| KeyError::Sealed { id: oldest.id })?,
            None => sealer.digest_key(),
        };
        let make = || Some(NewKey { id: ids.next(now).to_string(), secret: Secret::new(key.to_vec()) });
        let ring = key_ring::open(rows, sealer, KeyPurpose::Digest, Self::ALGORITHM, now, make).await?;
        // The first for good: what was digested with it is to be found again.
        let key = ring.first().ok_or(KeyError::NotMade { algorithm: Self::ALGORITHM })?;
        if key.algorithm != Self::ALGORITHM || key.secret.expose().len() != Self::KEY_LEN {
            return Err(KeyError::Unusable {
                id: key.id.clone(),
                reason: "it is no key of HMAC-SHA-256 with 32 bytes",
            });
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.secret.expose()) })
    }
}

impl KeyedDigest for HmacDigests {
    fn digest(&self, for_use: DigestUse, bytes: &[u8]) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(for_use.as_str().as_bytes());
        context.update(&[0]);
        context.update(bytes);
        let tag = context.sign();
        Digest::from_bytes(tag.as_ref().try_into().expect("a tag of HMAC-SHA-256 has 32 bytes"))
    }
}

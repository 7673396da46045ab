//! Keyed digests under the deployment's master secret.

use aws_lc_rs::hmac;
use doorward_application::ports::{DigestUse, KeyedDigest};
use doorward_domain::{Digest, Secret};

use crate::sealer::{MasterSecretTooShort, derive_key};

/// HMAC-SHA-256 (RFC 2104) under a key derived from the master secret by HKDF-SHA-256 (RFC 5869): the same on every
/// node and after every restart, and in no database.
///
/// What is digested is the use's name, a zero byte, which no name holds, and the bytes.
pub struct HmacDigests {
    key: hmac::Key,
}

impl HmacDigests {
    /// The digests under this master secret.
    pub fn new(master: &Secret<Vec<u8>>) -> Result<Self, MasterSecretTooShort> {
        let key = derive_key(master, b"digest/v1")?;
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()) })
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

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use doorward_application::ports::{DigestUse, KeyedDigest as _};
    use doorward_domain::Secret;
    use doorward_testkit::{contract::keyed_digest::Subject, keyed_digest_contract};

    use super::HmacDigests;
    use crate::{MasterSecretTooShort, Sealer, sealer::derive_key};

    fn master(byte: u8) -> Secret<Vec<u8>> {
        Secret::new(vec![byte; Sealer::MIN_MASTER_LEN])
    }

    fn digests(byte: u8) -> Box<HmacDigests> {
        Box::new(HmacDigests::new(&master(byte)).unwrap())
    }

    keyed_digest_contract!(Subject { digests: digests(1), again: digests(1), stranger: digests(2) });

    #[test]
    fn is_hmac_sha_256_of_use_and_bytes() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, derive_key(&master(1), b"digest/v1").unwrap().as_ref());
        let digest = digests(1).digest(DigestUse::Cursor, b"bytes");
        hmac::verify(&key, b"cursor\0bytes", digest.as_bytes()).unwrap();
    }

    #[test]
    fn the_key_is_none_that_seals() {
        assert_ne!(derive_key(&master(1), b"digest/v1").unwrap(), derive_key(&master(1), b"seal/v1").unwrap());
    }

    #[test]
    fn is_the_same_as_in_every_version_before() {
        // The first bytes, as another implementation of both RFCs makes them.
        let digest = digests(1).digest(DigestUse::Identifier, b"jane@example.com");
        assert_eq!(digest.as_bytes()[..8], [0xee, 0x66, 0x12, 0xc6, 0x95, 0xb5, 0x45, 0xf3]);
    }

    #[test]
    fn refuses_a_short_master_secret() {
        assert_eq!(HmacDigests::new(&Secret::new(vec![0; 31])).err(), Some(MasterSecretTooShort));
    }
}

//! Encryption of what is stored, under the deployment's master secret.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use doorward_domain::Secret;
use thiserror::Error;
use zeroize::Zeroizing;

/// Seals bytes with AES-256-GCM (NIST SP 800-38D) under a key derived from the master secret by HKDF-SHA-256
/// (RFC 5869).
///
/// What is sealed is bound to its context, a text that names the row it stands in: moved to another row, it does not
/// open. A sealed value is version byte, nonce, ciphertext and tag.
pub struct Sealer {
    key: RandomizedNonceKey,
}

/// The master secret has fewer bytes than the key it is to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the master secret must have at least {} bytes", Sealer::MIN_MASTER_LEN)]
pub struct MasterSecretTooShort;

/// A sealed value did not open: it was sealed under another master secret, for another context, or was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("sealed under another master secret, or damaged")]
pub struct SealError;

/// The bytes of every key that is made from the master secret.
const KEY_LEN: usize = 32;

/// The same, for HKDF.
struct KeyLen;

impl KeyType for KeyLen {
    fn len(&self) -> usize {
        KEY_LEN
    }
}

/// The key for one purpose. Keys of different purposes tell nothing of each other.
pub(crate) fn derive_key(
    master: &Secret<Vec<u8>>,
    purpose: &[u8],
) -> Result<Zeroizing<[u8; KEY_LEN]>, MasterSecretTooShort> {
    if master.expose().len() < Sealer::MIN_MASTER_LEN {
        return Err(MasterSecretTooShort);
    }
    let mut key = Zeroizing::new([0; KEY_LEN]);
    Salt::new(HKDF_SHA256, b"doorward")
        .extract(master.expose())
        .expand(&[purpose], KeyLen)
        .and_then(|okm| okm.fill(key.as_mut()))
        .expect("a key is shorter than HKDF-SHA-256's limit");
    Ok(key)
}

impl Sealer {
    /// The fewest bytes of a master secret.
    pub const MIN_MASTER_LEN: usize = 32;

    /// Changes with the format of what is sealed.
    const VERSION: u8 = 1;

    /// A sealer under this master secret.
    pub fn new(master: &Secret<Vec<u8>>) -> Result<Self, MasterSecretTooShort> {
        let key = derive_key(master, b"seal/v1")?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.as_ref()).expect("the key has AES-256's length");
        Ok(Self { key })
    }

    /// Seals bytes for a context.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plain.to_vec();
        let nonce = self.key.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(|_| SealError)?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        out.push(Self::VERSION);
        out.extend_from_slice(nonce.as_ref());
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what was sealed for the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        if version != Self::VERSION {
            return Err(SealError);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut buffer = ciphertext.to_vec();
        let length = self.key.open_in_place(nonce, Aad::from(context), &mut buffer).map_err(|_| SealError)?.len();
        buffer.truncate(length);
        Ok(Secret::new(buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::{MasterSecretTooShort, SealError, Sealer};
    use doorward_domain::Secret;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Secret::new(vec![byte; 32])).unwrap()
    }

    #[test]
    fn opens_what_it_sealed() {
        let sealed = sealer(1).seal("keys/1", b"secret").unwrap();
        assert_eq!(sealer(1).open("keys/1", &sealed).unwrap().expose(), b"secret");
    }

    #[test]
    fn never_seals_the_same_bytes_the_same_way() {
        assert_ne!(sealer(1).seal("a", b"x").unwrap(), sealer(1).seal("a", b"x").unwrap());
    }

    #[test]
    fn opens_for_no_other_master_and_no_other_context() {
        let sealed = sealer(1).seal("keys/1", b"secret").unwrap();
        assert_eq!(sealer(2).open("keys/1", &sealed).err(), Some(SealError));
        assert_eq!(sealer(1).open("keys/2", &sealed).err(), Some(SealError));
    }

    #[test]
    fn opens_nothing_that_was_changed_or_cut() {
        let sealed = sealer(1).seal("a", b"secret").unwrap();
        for end in 0..sealed.len() {
            assert!(sealer(1).open("a", &sealed[..end]).is_err());
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer(1).open("a", &changed).is_err());
        }
    }

    #[test]
    fn refuses_a_short_master_secret() {
        assert_eq!(Sealer::new(&Secret::new(vec![0; 31])).err(), Some(MasterSecretTooShort));
    }
}

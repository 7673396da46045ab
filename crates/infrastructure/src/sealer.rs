//! Encryption of what is stored, under the deployment's master secret.

use std::iter;

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
///
/// The master secret can be changed: what was sealed under an earlier one opens as long as that one is given too, and
/// [`reseal`](Self::reseal) seals it anew.
pub struct Sealer {
    current: Derived,
    previous: Vec<Derived>,
}

/// What is derived from one master secret.
struct Derived {
    seal: RandomizedNonceKey,
    digest: Zeroizing<[u8; KEY_LEN]>,
}

/// The master secret has fewer bytes than the key it is to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a master secret must have at least {} bytes", Sealer::MIN_MASTER_LEN)]
pub struct MasterSecretTooShort;

/// A sealed value did not open: it was sealed under a master secret that was not given, for another context, or was
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("sealed under neither secrets.master nor any of secrets.previous, or damaged")]
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

impl Derived {
    fn from(master: &Secret<Vec<u8>>) -> Result<Self, MasterSecretTooShort> {
        if master.expose().len() < Sealer::MIN_MASTER_LEN {
            return Err(MasterSecretTooShort);
        }
        let prk = Salt::new(HKDF_SHA256, b"doorward").extract(master.expose());
        // Keys of different purposes tell nothing of each other.
        let derive = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0; KEY_LEN]);
            let filled = prk.expand(&[purpose], KeyLen).and_then(|okm| okm.fill(key.as_mut()));
            filled.expect("a key is shorter than HKDF-SHA-256's limit");
            key
        };
        let seal = RandomizedNonceKey::new(&AES_256_GCM, derive(b"seal/v1").as_ref());
        Ok(Self { seal: seal.expect("the key has AES-256's length"), digest: derive(b"digest/v1") })
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        if version != Sealer::VERSION {
            return Err(SealError);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut buffer = ciphertext.to_vec();
        let length = self.seal.open_in_place(nonce, Aad::from(context), &mut buffer).map_err(|_| SealError)?.len();
        buffer.truncate(length);
        Ok(Secret::new(buffer))
    }
}

impl Sealer {
    /// The fewest bytes of a master secret.
    pub const MIN_MASTER_LEN: usize = 32;

    /// Changes with the format of what is sealed.
    const VERSION: u8 = 1;

    /// A sealer that seals under this master secret, and opens what was sealed under it or any of the others.
    pub fn new(master: &Secret<Vec<u8>>, previous: &[Secret<Vec<u8>>]) -> Result<Self, MasterSecretTooShort> {
        Ok(Self {
            current: Derived::from(master)?,
            previous: previous.iter().map(Derived::from).collect::<Result<_, _>>()?,
        })
    }

    /// Seals bytes for a context.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plain.to_vec();
        let key = &self.current.seal;
        let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(|_| SealError)?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        out.push(Self::VERSION);
        out.extend_from_slice(nonce.as_ref());
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what was sealed for the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        self.find(context, sealed).map(|(_, plain)| plain)
    }

    /// Whether this was sealed for the context under the master secret that seals.
    #[must_use]
    pub fn is_current(&self, context: &str, sealed: &[u8]) -> bool {
        self.current.open(context, sealed).is_ok()
    }

    /// Seals anew what was sealed under an earlier master secret; nothing, if it was sealed under the one that seals.
    pub fn reseal(&self, context: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        if self.is_current(context, sealed) {
            return Ok(None);
        }
        self.seal(context, self.open(context, sealed)?.expose()).map(Some)
    }

    /// The key of digests that the master secret makes under which this was sealed.
    pub(crate) fn digest_key_of(&self, context: &str, sealed: &[u8]) -> Result<&[u8; KEY_LEN], SealError> {
        self.find(context, sealed).map(|(derived, _)| &*derived.digest)
    }

    /// The key of digests that the master secret makes that seals.
    pub(crate) fn digest_key(&self) -> &[u8; KEY_LEN] {
        &self.current.digest
    }

    fn find(&self, context: &str, sealed: &[u8]) -> Result<(&Derived, Secret<Vec<u8>>), SealError> {
        iter::once(&self.current)
            .chain(&self.previous)
            .find_map(|derived| derived.open(context, sealed).ok().map(|plain| (derived, plain)))
            .ok_or(SealError)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::aead::{AES_256_GCM, RandomizedNonceKey};
    use doorward_domain::Secret;

    use super::{Derived, MasterSecretTooShort, SealError, Sealer};

    fn master(byte: u8) -> Secret<Vec<u8>> {
        Secret::new(vec![byte; 32])
    }

    fn sealer(byte: u8) -> Sealer {
        rotated(byte, &[])
    }

    fn rotated(byte: u8, previous: &[u8]) -> Sealer {
        let previous: Vec<_> = previous.iter().copied().map(master).collect();
        Sealer::new(&master(byte), &previous).unwrap()
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
    fn the_first_secret_seals_and_all_open() {
        let rotated = rotated(3, &[2, 1]);
        for byte in [1, 2, 3] {
            let sealed = sealer(byte).seal("keys/1", b"secret").unwrap();
            assert_eq!(rotated.open("keys/1", &sealed).unwrap().expose(), b"secret");
            assert_eq!(rotated.is_current("keys/1", &sealed), byte == 3);
            assert_eq!(rotated.open("keys/2", &sealed).err(), Some(SealError));
        }
        let sealed = rotated.seal("keys/1", b"secret").unwrap();
        assert!(sealer(3).open("keys/1", &sealed).is_ok());
        assert!(sealer(2).open("keys/1", &sealed).is_err() && sealer(1).open("keys/1", &sealed).is_err());
    }

    #[test]
    fn what_an_earlier_secret_sealed_is_sealed_anew_and_nothing_else_is() {
        let rotated = rotated(2, &[1]);
        let old = sealer(1).seal("keys/1", b"secret").unwrap();
        let new = rotated.reseal("keys/1", &old).unwrap().unwrap();
        assert_eq!(sealer(2).open("keys/1", &new).unwrap().expose(), b"secret");
        assert_eq!(rotated.reseal("keys/1", &new), Ok(None));
        assert_eq!(rotated.reseal("keys/2", &old), Err(SealError));
        assert_eq!(rotated.reseal("keys/1", &sealer(3).seal("keys/1", b"secret").unwrap()), Err(SealError));
    }

    #[test]
    fn no_key_is_derived_twice() {
        let rotated = rotated(2, &[1]);
        assert_ne!(rotated.digest_key(), sealer(1).digest_key());
        assert_eq!(rotated.digest_key(), sealer(2).digest_key());
        let sealed = sealer(1).seal("keys/1", b"secret").unwrap();
        let digest = sealer(1).current.digest;
        let seal = RandomizedNonceKey::new(&AES_256_GCM, digest.as_ref()).unwrap();
        assert_eq!(Derived { seal, digest }.open("keys/1", &sealed).err(), Some(SealError));
    }

    #[test]
    fn the_key_of_digests_is_the_one_of_the_secret_that_sealed() {
        let rotated = rotated(2, &[1]);
        for byte in [1, 2] {
            let sealed = sealer(byte).seal("keys/1", b"secret").unwrap();
            assert_eq!(rotated.digest_key_of("keys/1", &sealed), Ok(sealer(byte).digest_key()));
        }
        assert_eq!(rotated.digest_key_of("keys/1", &[1; 40]), Err(SealError));
    }

    #[test]
    fn refuses_a_short_master_secret() {
        let short = || Secret::new(vec![0; 31]);
        assert_eq!(Sealer::new(&short(), &[]).err(), Some(MasterSecretTooShort));
        assert_eq!(Sealer::new(&master(1), &[master(2), short()]).err(), Some(MasterSecretTooShort));
    }
}

//! The ring as the signer has it.

use std::sync::Arc;

use doorward_application::ports::StoredSigningKey;
use doorward_domain::{
    Timestamp,
    key::{Ring, SigningKey},
};
use doorward_verifier::KeySet;

use super::key::JwtKey;
use crate::{
    Sealer,
    key_ring::{self, Key, KeyError},
};

/// The ring, and what those of its keys are made of that hold.
#[derive(Default)]
pub(super) struct Keys {
    ring: Ring,
    held: Vec<Arc<JwtKey>>,
    verifying: KeySet,
}

impl Keys {
    /// The key that signs.
    pub(super) fn signing(&self, now: Timestamp) -> Option<&JwtKey> {
        self.get(self.ring.signing(now)?.id()).map(AsRef::as_ref)
    }

    /// Every key that holds, by when it signs.
    pub(super) fn held(&self) -> impl Iterator<Item = &JwtKey> {
        self.held.iter().map(AsRef::as_ref)
    }

    /// What verifies the signatures of the keys that hold.
    pub(super) const fn verifying(&self) -> &KeySet {
        &self.verifying
    }

    fn get(&self, id: &str) -> Option<&Arc<JwtKey>> {
        self.held.iter().find(|key| key.id() == id)
    }

    /// The ring of these keys. If one of them cannot be used, what of this one still holds.
    pub(super) fn renewed(&self, stored: &[StoredSigningKey], sealer: &Sealer) -> (Self, Result<(), KeyError>) {
        let mut loaded = Vec::new();
        let mut renewed = Ok(());
        for stored in stored.iter().filter(|stored| stored.key.holds()) {
            // What is known already is not opened again: what a key is made of never changes under its id.
            match self
                .get(stored.key.id())
                .map_or_else(|| open(stored, sealer).map(Arc::new), |known| Ok(known.clone()))
            {
                Ok(key) => loaded.push(key),
                Err(cause) => renewed = Err(cause),
            }
        }
        if renewed.is_err() {
            loaded.retain(|key| self.get(key.id()).is_some());
        }
        let is_usable = |key: &SigningKey| !key.holds() || loaded.iter().any(|loaded| loaded.id() == key.id());
        let ring = Ring::new(stored.iter().map(|stored| &stored.key).filter(|key| is_usable(key)).cloned().collect());
        let place = |key: &Arc<JwtKey>| ring.keys().iter().position(|other| other.id() == key.id());
        loaded.sort_by_key(place);
        let mut verifying = KeySet::default();
        for key in &loaded {
            verifying.insert(key.verifying().clone());
        }
        (Self { ring, held: loaded, verifying }, renewed)
    }
}

/// Opens a stored key.
fn open(StoredSigningKey { key, sealed: bytes }: &StoredSigningKey, sealer: &Sealer) -> Result<JwtKey, KeyError> {
    let id = key.id().to_owned();
    let Some(bytes) = bytes else { return Err(KeyError::Unusable { id, reason: "what it is made of is missing" }) };
    match sealer.open(&key_ring::context(&id), bytes) {
        Ok(secret) => JwtKey::load(Key { id, algorithm: key.algorithm().to_owned(), secret }),
        Err(_) => Err(KeyError::Sealed { id }),
    }
}

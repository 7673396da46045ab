//! The keys that are known.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::{UnusableKey, VerifyingKey, encoding};

/// Keys by their names.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: HashMap<String, VerifyingKey>,
    skipped: Vec<SkippedKey>,
}

/// A key of a published set that is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its name, where it has a proper one.
    pub id: Option<String>,
    /// Why it is not used.
    pub reason: UnusableKey,
}

/// Why a whole set is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeySetError {
    /// Not a JSON object with an array `keys` of objects, or a name in it stands twice.
    #[error("this is no JSON Web Key Set")]
    Malformed,
    /// Two keys have one name: a token could mean either (RFC 7517 §4.5).
    #[error("two keys are called {0}")]
    RepeatedId(String),
    /// A private or symmetric key stands in it: whoever publishes that has lost it.
    #[error("the set holds a private key")]
    Private,
}

impl KeySet {
    /// A set as it is published (RFC 7517 §5). Keys of other types, for other uses, and those that are weak or
    /// damaged are left out and stand in [`skipped`](Self::skipped).
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let mut set = encoding::object(json).ok_or(KeySetError::Malformed)?;
        let Some(Value::Array(jwks)) = set.remove("keys") else { return Err(KeySetError::Malformed) };
        let jwks: Vec<Map<String, Value>> =
            jwks.into_iter().map(members).collect::<Option<_>>().ok_or(KeySetError::Malformed)?;

        let mut ids = HashSet::new();
        for id in jwks.iter().filter_map(|jwk| jwk.get("kid")?.as_str()) {
            if !ids.insert(id) {
                return Err(KeySetError::RepeatedId(id.escape_default().to_string()));
            }
        }
        let mut keys = HashMap::new();
        let mut skipped = Vec::new();
        for jwk in &jwks {
            match VerifyingKey::from_jwk(jwk) {
                Ok(key) => {
                    keys.insert(key.id().to_owned(), key);
                }
                Err(UnusableKey::Private) => return Err(KeySetError::Private),
                Err(reason) => skipped.push(SkippedKey { id: name(jwk), reason }),
            }
        }
        Ok(Self { keys, skipped })
    }

    /// A set of keys with different names.
    pub fn from_keys(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, KeySetError> {
        let mut set = Self::default();
        for key in keys {
            if let Some(twice) = set.insert(key) {
                return Err(KeySetError::RepeatedId(twice.id().to_owned()));
            }
        }
        Ok(set)
    }

    /// The key of this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&VerifyingKey> {
        self.keys.get(id)
    }

    /// Puts a key in. Gives back the one that had its name.
    pub fn insert(&mut self, key: VerifyingKey) -> Option<VerifyingKey> {
        self.keys.insert(key.id().to_owned(), key)
    }

    /// Takes a key out. Says whether it was there.
    pub fn remove(&mut self, id: &str) -> bool {
        self.keys.remove(id).is_some()
    }

    /// Every key, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.values()
    }

    /// Which keys of a published set are not used, and why.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }
}

fn members(jwk: Value) -> Option<Map<String, Value>> {
    match jwk {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn name(jwk: &Map<String, Value>) -> Option<String> {
    jwk.get("kid")?.as_str().filter(|id| VerifyingKey::is_id(id)).map(str::to_owned)
}

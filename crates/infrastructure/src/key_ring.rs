//! The keys that authenticate tokens and make digests: made on first start, stored sealed under the master secret.
//!
//! To change the master secret is to seal the same keys again. Neither the store nor the master secret alone gives a
//! key of tokens away: those are random.

use async_trait::async_trait;
use doorward_application::ports::StoreError;
use doorward_domain::{Secret, Timestamp};
use thiserror::Error;

use crate::{
    Sealer,
    store::{
        SeaStore,
        keys::{KeyPurpose, StoredKey},
    },
};

/// Where keys are kept.
///
/// - What is found MUST equal what was inserted.
/// - [`insert`](Self::insert) MUST succeed at most once for a purpose, an algorithm and a position, also among
///   processes that run at once: of two nodes that start on an empty store, one makes the key.
#[async_trait]
pub trait KeyRows: Send + Sync {
    /// The keys of a purpose.
    async fn find(&self, purpose: KeyPurpose) -> Result<Vec<StoredKey>, StoreError>;

    /// Adds a key, unless its place is taken. Says whether it did.
    async fn insert(&self, key: &StoredKey) -> Result<bool, StoreError>;
}

#[async_trait]
impl KeyRows for SeaStore {
    async fn find(&self, purpose: KeyPurpose) -> Result<Vec<StoredKey>, StoreError> {
        self.find_keys(purpose).await
    }

    async fn insert(&self, key: &StoredKey) -> Result<bool, StoreError> {
        self.insert_key(key).await
    }
}

/// The keys cannot be used, so nothing that needs them can start.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored key does not open.
    #[error(
        "the key {id} does not open: it is sealed under another secrets.master; give that one too, in secrets.previous"
    )]
    Sealed {
        /// Which key.
        id: String,
    },
    /// A stored key opens, and is none.
    #[error("the stored key {id} cannot be used: {reason}")]
    Unusable {
        /// Which key.
        id: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There was no key, and none could be made.
    #[error("no {algorithm} key could be made")]
    NotMade {
        /// For which algorithm.
        algorithm: &'static str,
    },
}

/// A key as it is used.
pub(crate) struct Key {
    /// Names it in tokens and in the store.
    pub(crate) id: String,
    /// The one algorithm that it is for.
    pub(crate) algorithm: String,
    /// PKCS #8, or the bytes of a symmetric key.
    pub(crate) secret: Secret<Vec<u8>>,
}

/// A key that has just been made.
pub(crate) struct NewKey {
    pub(crate) id: String,
    pub(crate) secret: Secret<Vec<u8>>,
}

/// Opens every key of a purpose, the oldest first, and makes the first of this algorithm where there is none. So one
/// of the keys that are returned is of this algorithm.
///
/// Before a key is made, every key that is stored, of whatever purpose, MUST open: sealed under another master
/// secret than the others, it would keep the right one from ever opening the ring again.
pub(crate) async fn open(
    rows: &dyn KeyRows,
    sealer: &Sealer,
    purpose: KeyPurpose,
    algorithm: &'static str,
    now: Timestamp,
    make: impl FnOnce() -> Option<NewKey>,
) -> Result<Vec<Key>, KeyError> {
    let not_made = || KeyError::NotMade { algorithm };
    let is_ours = |key: &Key| key.algorithm == algorithm;
    let keys = open_stored(rows, sealer, purpose).await?;
    if keys.iter().any(is_ours) {
        return Ok(keys);
    }
    for other in KeyPurpose::ALL.into_iter().filter(|other| *other != purpose) {
        open_stored(rows, sealer, other).await?;
    }
    let NewKey { id, secret } = make().ok_or_else(not_made)?;
    let key = StoredKey {
        sealed: sealer.seal(&context(&id), secret.expose()).map_err(|_| not_made())?,
        id,
        purpose,
        algorithm: algorithm.to_owned(),
        position: 0,
        created_at: now,
    };
    if rows.insert(&key).await? {
        tracing::info!(key = key.id, algorithm, "made the first key for {}", purpose.as_str());
    }
    // Read again even so: where another node was faster, its key is the one and ours is forgotten.
    let keys = open_stored(rows, sealer, purpose).await?;
    if keys.iter().any(is_ours) { Ok(keys) } else { Err(not_made()) }
}

/// The key that was stored first, of whatever purpose.
pub(crate) async fn oldest(rows: &dyn KeyRows) -> Result<Option<StoredKey>, StoreError> {
    let mut stored = Vec::new();
    for purpose in KeyPurpose::ALL {
        stored.extend(rows.find(purpose).await?);
    }
    Ok(stored.into_iter().min_by_key(|key| key.created_at))
}

/// Opens every key of a purpose that is stored, by position: the clocks of the nodes that made them may disagree.
async fn open_stored(rows: &dyn KeyRows, sealer: &Sealer, purpose: KeyPurpose) -> Result<Vec<Key>, KeyError> {
    let mut stored = rows.find(purpose).await?;
    stored.sort_by_key(|key| key.position);
    stored
        .into_iter()
        .map(|StoredKey { id, algorithm, sealed, .. }| match sealer.open(&context(&id), &sealed) {
            Ok(secret) => Ok(Key { id, algorithm, secret }),
            Err(_) => Err(KeyError::Sealed { id }),
        })
        .collect()
}

/// What a sealed key is bound to: its row.
pub(crate) fn context(id: &str) -> String {
    format!("keys/{id}")
}

//! Keys kept in memory, for tests of what uses them.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use doorward_application::ports::StoreError;
use doorward_domain::Secret;
use doorward_infrastructure::{
    Sealer,
    key_ring::KeyRows,
    store::keys::{KeyPurpose, StoredKey},
};

/// Rows that every clone shares.
#[derive(Clone, Default)]
pub(crate) struct MemoryKeys(Arc<Mutex<Vec<StoredKey>>>);

impl MemoryKeys {
    /// The rows as they are now.
    pub(crate) fn rows(&self) -> Vec<StoredKey> {
        self.with(|rows| rows.clone())
    }

    /// Adds a row, or takes the place of the one with its id.
    pub(crate) fn put(&self, row: StoredKey) {
        self.with(|rows| {
            rows.retain(|other| other.id != row.id);
            rows.push(row);
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<StoredKey>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl KeyRows for MemoryKeys {
    /// Lets others run before it answers, as a database does: two that ask at once both find what was there before.
    async fn find(&self, purpose: KeyPurpose) -> Result<Vec<StoredKey>, StoreError> {
        let found = self.rows().into_iter().filter(|row| row.purpose == purpose).collect();
        tokio::task::yield_now().await;
        Ok(found)
    }

    async fn insert(&self, key: &StoredKey) -> Result<bool, StoreError> {
        Ok(self.with(|rows| {
            let place = |row: &StoredKey| (row.purpose, row.algorithm.clone(), row.position);
            let free = rows.iter().all(|row| place(row) != place(key));
            if free {
                rows.push(key.clone());
            }
            free
        }))
    }
}

/// A sealer under one of several master secrets.
pub(crate) fn sealer(master: u8) -> Sealer {
    Sealer::new(&Secret::new(vec![master; 32]), &[]).expect("the secret is long enough")
}

/// Runs what is async about opening keys.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts").block_on(future)
}

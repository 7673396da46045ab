//! Signing keys.

use async_trait::async_trait;
use doorward_application::ports::{SigningKeyRepository, StoreError, StoredSigningKey};
use doorward_domain::{
    key::{KeyMoments, KeyRevocation, Promotion, Retirement, SigningKey},
    revocation::Revocation,
};

use super::{Tables, unit_of_work::MemoryUnitOfWork};

impl Tables {
    /// Every key, by when it signs from.
    fn ring(&self) -> Vec<StoredSigningKey> {
        let mut keys: Vec<_> = self.signing_keys.values().cloned().collect();
        // Those of one moment stay by their ids.
        keys.sort_by_key(|stored| stored.key.moments().signs_from);
        keys
    }
}

impl MemoryUnitOfWork {
    /// Changes a key if it holds, and wipes what it is made of if it then does not.
    fn change(&mut self, id: &str, change: impl FnOnce(&mut KeyMoments)) -> Result<bool, StoreError> {
        let Some(stored) = self.write()?.signing_keys.get_mut(id).filter(|stored| stored.key.holds()) else {
            return Ok(false);
        };
        let mut moments = stored.key.moments();
        change(&mut moments);
        stored.key =
            SigningKey::stored(id.to_owned(), stored.key.algorithm().to_owned(), moments).map_err(StoreError::new)?;
        if !stored.key.holds() {
            stored.sealed = None;
        }
        self.note(Revocation::KeysChanged);
        Ok(true)
    }
}

#[async_trait]
impl SigningKeyRepository for MemoryUnitOfWork {
    async fn list(&mut self) -> Result<Vec<StoredSigningKey>, StoreError> {
        Ok(self.read().ring())
    }

    async fn lock(&mut self) -> Result<Vec<StoredSigningKey>, StoreError> {
        Ok(self.locked()?.ring())
    }

    async fn insert(&mut self, key: &StoredSigningKey) -> Result<(), StoreError> {
        if self.write()?.signing_keys.insert(key.key.id().to_owned(), key.clone()).is_some() {
            return Err(StoreError::new("the key's id is taken"));
        }
        self.note(Revocation::KeysChanged);
        Ok(())
    }

    async fn promote(&mut self, promotion: &Promotion) -> Result<bool, StoreError> {
        self.change(promotion.id(), |moments| moments.signs_from = promotion.signs_from())
    }

    async fn revoke(&mut self, revocation: &KeyRevocation) -> Result<bool, StoreError> {
        let revoked = self.change(revocation.id(), |moments| moments.revoked_at = Some(revocation.at()))?;
        if revoked {
            self.note(Revocation::KeyRevoked(revocation.id().to_owned()));
        }
        Ok(revoked)
    }

    async fn retire(&mut self, retirement: &Retirement) -> Result<bool, StoreError> {
        self.change(retirement.id(), |moments| moments.retired_at = Some(retirement.at()))
    }
}

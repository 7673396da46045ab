//! One-time tokens.

use async_trait::async_trait;
use doorward_application::ports::{OneTimeTokenRepository, StoreError};
use doorward_domain::{
    Digest, OneTimeTokenId, Timestamp, UserId,
    token::{OneTimePurpose, OneTimeToken},
};

use super::{purge, unit_of_work::MemoryUnitOfWork};

#[async_trait]
impl OneTimeTokenRepository for MemoryUnitOfWork {
    async fn insert(&mut self, token: &OneTimeToken) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(token.user_id)?;
        match tables.one_time_tokens.insert(token.id, token.clone()) {
            Some(_) => Err(StoreError::new("the token's id is taken")),
            None => Ok(()),
        }
    }

    async fn find(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let tables = self.read();
        let usable = |token: &&OneTimeToken| {
            token.purpose == purpose
                && token.digest == *digest
                && token.expires_at > now
                && !tables.used_one_time_tokens.contains(&token.id)
        };
        Ok(tables.one_time_tokens.values().find(usable).cloned())
    }

    async fn consume(&mut self, id: OneTimeTokenId, _: Timestamp) -> Result<bool, StoreError> {
        let tables = self.write()?;
        Ok(tables.one_time_tokens.contains_key(&id) && tables.used_one_time_tokens.insert(id))
    }

    async fn discard(
        &mut self,
        user_id: UserId,
        purposes: &[OneTimePurpose],
        since: Option<OneTimeTokenId>,
    ) -> Result<(), StoreError> {
        let is_meant = |token: &OneTimeToken| {
            token.user_id == user_id && purposes.contains(&token.purpose) && since.is_none_or(|since| token.id >= since)
        };
        self.write()?.one_time_tokens.retain(|_, token| !is_meant(token));
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        Ok(purge(&mut self.write()?.one_time_tokens, |token| token.expires_at <= before, limit))
    }
}

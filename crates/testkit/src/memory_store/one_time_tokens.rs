//! One-time tokens.

use async_trait::async_trait;
use doorward_application::ports::{OneTimeTokenRepository, StoreError};
use doorward_domain::{
    Digest, Timestamp,
    token::{OneTimePurpose, OneTimeToken},
};

use super::unit_of_work::MemoryUnitOfWork;

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

    async fn consume(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let tables = self.write()?;
        let usable = |token: &&OneTimeToken| {
            token.purpose == purpose
                && token.digest == *digest
                && token.expires_at > now
                && !tables.used_one_time_tokens.contains(&token.id)
        };
        let token = tables.one_time_tokens.values().find(usable).cloned();
        tables.used_one_time_tokens.extend(token.iter().map(|token| token.id));
        Ok(token)
    }
}

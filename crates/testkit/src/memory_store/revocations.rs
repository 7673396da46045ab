//! The revocation log.

use std::time::Duration;

use async_trait::async_trait;
use doorward_application::ports::{RevocationBus, RevocationRepository, StoreError};
use doorward_domain::{
    Timestamp,
    revocation::{LoggedRevocation, Position, Revocation, position_at},
};
use tokio::time::timeout;

use super::{MemoryStore, unit_of_work::MemoryUnitOfWork};

#[async_trait]
impl RevocationRepository for MemoryUnitOfWork {
    async fn append(&mut self, revocations: &[Revocation], at: Timestamp) -> Result<(), StoreError> {
        let logged: Vec<_> = revocations.iter().filter(|revocation| revocation.is_logged()).collect();
        if logged.is_empty() {
            return Ok(());
        }
        let tables = self.write()?;
        for revocation in logged {
            let previous = tables.head;
            tables.head = position_at(at).max(previous + 1);
            let entry = LoggedRevocation { position: tables.head, previous, at, revocation: revocation.clone() };
            tables.revocations.push(entry);
        }
        Ok(())
    }

    async fn head(&mut self) -> Result<Position, StoreError> {
        Ok(self.read().head)
    }

    async fn after(&mut self, position: Position, limit: u32) -> Result<Vec<LoggedRevocation>, StoreError> {
        let after = self.read().revocations.iter().filter(|entry| entry.position > position);
        Ok(after.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let tables = self.write()?;
        let over = tables.revocations.extract_if(.., |entry| entry.at < before);
        Ok(super::count(over.take(usize::try_from(limit).unwrap_or(usize::MAX))))
    }
}

#[async_trait]
impl RevocationBus for MemoryStore {
    async fn wait(&self, at_most: Duration) {
        // To be late is to have been told.
        let _ = timeout(at_most, self.0.committed_revocations.notified()).await;
    }
}

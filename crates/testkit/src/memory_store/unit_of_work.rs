//! A unit of work on a copy of the tables.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::ports::{
    AuditRepository, InvitationRepository, KeptAnswerRepository, OneTimeTokenRepository, OutboxRepository,
    ProfileRepository, RevocationRepository, SessionRepository, SigningKeyRepository, StoreError, UnitOfWork,
    UserRepository,
};
use doorward_domain::revocation::Revocation;
use tokio::sync::OwnedMutexGuard;

use super::{Shared, Tables};

pub(super) struct MemoryUnitOfWork {
    shared: Arc<Shared>,
    tables: Tables,
    /// The turn to write, which a reading unit has not.
    turn: Option<OwnedMutexGuard<()>>,
    revoked: Vec<Revocation>,
}

impl MemoryUnitOfWork {
    pub(super) fn new(shared: Arc<Shared>, turn: Option<OwnedMutexGuard<()>>) -> Self {
        let tables = Tables::clone(&shared.committed());
        Self { shared, tables, turn, revoked: Vec::new() }
    }

    /// The tables, to read.
    pub(super) const fn read(&self) -> &Tables {
        &self.tables
    }

    /// The tables, to read what the unit has locked: as one unit writes at a time, all of it.
    pub(super) fn locked(&self) -> Result<&Tables, StoreError> {
        if self.turn.is_none() {
            return Err(StoreError::new("the unit was begun for reading"));
        }
        Ok(&self.tables)
    }

    /// The tables, for one write.
    pub(super) fn write(&mut self) -> Result<&mut Tables, StoreError> {
        self.locked()?;
        self.shared.count_write()?;
        Ok(&mut self.tables)
    }

    /// Notes what a write has made untrue.
    pub(super) fn note(&mut self, revocation: Revocation) {
        if !self.revoked.contains(&revocation) {
            self.revoked.push(revocation);
        }
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnitOfWork {
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn profiles(&mut self) -> &mut dyn ProfileRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn one_time_tokens(&mut self) -> &mut dyn OneTimeTokenRepository {
        self
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    fn kept_answers(&mut self) -> &mut dyn KeptAnswerRepository {
        self
    }

    fn signing_keys(&mut self) -> &mut dyn SigningKeyRepository {
        self
    }

    fn revocations(&mut self) -> &mut dyn RevocationRepository {
        self
    }

    fn revoked(&self) -> &[Revocation] {
        &self.revoked
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.turn.is_some() {
            let tables = std::mem::take(self.write()?);
            self.shared.commit(tables);
        }
        Ok(())
    }
}

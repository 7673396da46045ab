//! A unit of work: one transaction, and every repository.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::ports::{
    AuditRepository, InvitationRepository, KeptAnswerRepository, OneTimeTokenRepository, OutboxRepository,
    ProfileRepository, RevocationRepository, SessionRepository, SigningKeyRepository, StoreError, UnitOfWork,
    UserRepository,
};
use doorward_domain::revocation::Revocation;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tracing::Span;

use super::{
    failure::failed,
    patience::{Patience, Patient, Reader, Tx},
};
use crate::Sealer;

/// Implements every repository port itself.
pub(super) struct SeaUnitOfWork {
    work: Work,
    pub(super) sealer: Arc<Sealer>,
    revoked: Vec<Revocation>,
    /// Whether something was written to the revocation log.
    pub(super) has_logged: bool,
    wakes: Option<Arc<Notify>>,
    /// How long it lasts, for whoever traces the request.
    _span: Span,
}

fn span(access: &'static str) -> Span {
    tracing::debug_span!(target: "doorward::trace", "database.unit", otel.kind = "client", database.access = access)
}

enum Work {
    /// No transaction: each reading sees what was committed last, as it would inside one (PostgreSQL's READ
    /// COMMITTED), and two round trips are saved on the way of every authenticated request.
    Reading(DatabaseConnection, Patience),
    Writing(Writing),
}

/// A writing transaction, and the turn to write. Dropped, it rolls back and then gives up its turn, in this order.
pub(super) struct Writing {
    tx: Tx,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Writing {
    pub(super) const fn new(tx: DatabaseTransaction, patience: Patience, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self { tx: Patient { inner: tx, patience }, _turn: turn }
    }

    /// The transaction.
    pub(super) const fn tx(&self) -> &Tx {
        &self.tx
    }

    /// The transaction, whose statements may take as long as they take.
    pub(super) const fn at_leisure(&self) -> &DatabaseTransaction {
        &self.tx.inner
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let Self { tx, _turn } = self;
        tx.patience.wait(tx.inner.commit()).await.map_err(failed)
    }

    /// Commits what may take as long as it takes.
    pub(super) async fn commit_at_leisure(self) -> Result<(), StoreError> {
        let Self { tx, _turn } = self;
        tx.inner.commit().await.map_err(failed)
    }
}

impl SeaUnitOfWork {
    pub(super) fn reading(connection: DatabaseConnection, patience: Patience, sealer: Arc<Sealer>) -> Self {
        Self::new(Work::Reading(connection, patience), sealer, None, span("read"))
    }

    /// `wakes` is told of a commit that wrote to the revocation log.
    pub(super) fn writing(writing: Writing, sealer: Arc<Sealer>, wakes: Option<Arc<Notify>>) -> Self {
        Self::new(Work::Writing(writing), sealer, wakes, span("write"))
    }

    const fn new(work: Work, sealer: Arc<Sealer>, wakes: Option<Arc<Notify>>, span: Span) -> Self {
        Self { work, sealer, revoked: Vec::new(), has_logged: false, wakes, _span: span }
    }

    /// Notes what a write has made untrue.
    pub(super) fn note(&mut self, revocation: Revocation) {
        if !self.revoked.contains(&revocation) {
            self.revoked.push(revocation);
        }
    }

    /// What to read with.
    pub(super) fn reader(&self) -> Reader<'_> {
        match &self.work {
            Work::Reading(connection, patience) => Patient { inner: connection.into(), patience: patience.clone() },
            Work::Writing(Writing { tx, .. }) => Patient { inner: (&tx.inner).into(), patience: tx.patience.clone() },
        }
    }

    /// What to write and to lock with, in a unit that was begun for it.
    pub(super) fn writer(&self) -> Result<&Tx, StoreError> {
        match &self.work {
            Work::Reading(..) => Err(StoreError::new("the unit was begun for reading")),
            Work::Writing(writing) => Ok(&writing.tx),
        }
    }
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
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

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.work {
            Work::Reading(..) => Ok(()),
            Work::Writing(writing) => {
                writing.commit().await?;
                if let Some(reader) = self.wakes.filter(|_| self.has_logged) {
                    reader.notify_one();
                }
                Ok(())
            }
        }
    }
}

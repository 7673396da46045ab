//! A store whose commits the gate and the log are told of.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_domain::revocation::Revocation;

use super::SessionGate;
use crate::ports::{
    Access, AuditRepository, Clock, InvitationRepository, KeptAnswerRepository, OneTimeTokenRepository,
    OutboxRepository, ProfileRepository, RevocationRepository, SessionRepository, SigningKeyRepository, Store,
    StoreError, UnitOfWork, UserRepository,
};

/// A store whose units write what they have made untrue into the log, with their commit, and make the gate forget it.
pub(crate) struct Gated {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) gate: Arc<SessionGate>,
    pub(crate) clock: Arc<dyn Clock>,
}

struct GatedUnit {
    unit: Box<dyn UnitOfWork>,
    gate: Arc<SessionGate>,
    clock: Arc<dyn Clock>,
}

/// What the gate is to forget, however the commit ends: one that failed, or that nobody waits for any more, may have
/// been done all the same.
struct Forgotten {
    gate: Arc<SessionGate>,
    revoked: Vec<Revocation>,
}

impl Drop for Forgotten {
    fn drop(&mut self) {
        self.gate.forget(&self.revoked);
    }
}

#[async_trait]
impl Store for Gated {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let unit = self.store.begin(access).await?;
        Ok(match access {
            Access::Read => unit,
            Access::Write => Box::new(GatedUnit { unit, gate: Arc::clone(&self.gate), clock: Arc::clone(&self.clock) }),
        })
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }
}

#[async_trait]
impl UnitOfWork for GatedUnit {
    fn users(&mut self) -> &mut dyn UserRepository {
        self.unit.users()
    }

    fn profiles(&mut self) -> &mut dyn ProfileRepository {
        self.unit.profiles()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.unit.sessions()
    }

    fn one_time_tokens(&mut self) -> &mut dyn OneTimeTokenRepository {
        self.unit.one_time_tokens()
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self.unit.outbox()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.unit.invitations()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.unit.audit()
    }

    fn kept_answers(&mut self) -> &mut dyn KeptAnswerRepository {
        self.unit.kept_answers()
    }

    fn signing_keys(&mut self) -> &mut dyn SigningKeyRepository {
        self.unit.signing_keys()
    }

    fn revocations(&mut self) -> &mut dyn RevocationRepository {
        self.unit.revocations()
    }

    fn revoked(&self) -> &[Revocation] {
        self.unit.revoked()
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let revoked = self.unit.revoked().to_vec();
        if revoked.is_empty() {
            return self.unit.commit().await;
        }
        // Last, because from here to the commit nobody else can write to the log.
        self.unit.revocations().append(&revoked, self.clock.now()).await?;
        let _forgotten = Forgotten { gate: self.gate, revoked };
        self.unit.commit().await
    }
}

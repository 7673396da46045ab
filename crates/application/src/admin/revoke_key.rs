//! A signing key is revoked.

use std::sync::Arc;

use doorward_domain::audit::AuditKind;

use super::{AdminActError, authority::authorised};
use crate::{
    Actor, Ports, Settings,
    operations::TendKeys,
    ports::Access,
    ring::{self, Attempt, RingChanges, SpareKey, Stepped},
    trail::{Entry, Trail},
};

/// Revokes a signing key, for when somebody else may have it: nothing that it signed is good for one more request. If
/// it signs, another takes its place at once; if it does not sign yet, it is only withdrawn.
pub struct RevokeKey {
    ports: Ports,
    changes: RingChanges,
    tend: Arc<TendKeys>,
    trail: Trail,
}

impl RevokeKey {
    pub(super) fn new(ports: &Ports, settings: &Settings, tend: &Arc<TendKeys>) -> Self {
        Self {
            ports: ports.clone(),
            changes: RingChanges::new(ports, settings),
            tend: Arc::clone(tend),
            trail: Trail::new(ports),
        }
    }

    /// Revokes the key of this id. One that is gone already is not found.
    pub async fn execute(&self, actor: &Actor, id: &str) -> Result<(), AdminActError> {
        actor.require_admin()?;
        self.revoke(Some(actor), id).await
    }

    /// The same from the command line: whoever can run the binary on the database is trusted already.
    pub async fn unattended(&self, id: &str) -> Result<(), AdminActError> {
        self.revoke(None, id).await
    }

    async fn revoke(&self, actor: Option<&Actor>, id: &str) -> Result<(), AdminActError> {
        self.changes.attempt(|spare| Box::pin(self.attempt(actor, id, spare))).await?;
        Ok(self.tend.reload().await?)
    }

    async fn attempt(
        &self,
        actor: Option<&Actor>,
        id: &str,
        mut spare: Option<SpareKey>,
    ) -> Result<Attempt<()>, AdminActError> {
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let ring = ring::lock(unit.as_mut()).await?;
        let now = self.ports.clock.now();
        if let Some(actor) = actor {
            authorised(unit.as_mut(), actor, now).await?;
        }
        let revocation = ring.revoke(id, now).ok_or(AdminActError::NotFound)?;
        if !unit.signing_keys().revoke(&revocation).await? {
            return Err(AdminActError::NotFound);
        }
        let left = ring::read(unit.as_mut()).await?;
        if let Some(step) = left.replacement(&self.changes.rules, now)
            && let Stepped::Wants(place) = self.changes.step(unit.as_mut(), &step, &mut spare).await?
        {
            return Ok(Attempt::Wants(place));
        }
        let entry = Entry::by_operator(AuditKind::KeyRevoked, actor).detail(id);
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(Attempt::Done(()))
    }
}

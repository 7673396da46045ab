//! The next signing key is published.

use std::sync::Arc;

use doorward_domain::{Timestamp, audit::AuditKind};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of};
use crate::{
    Actor, Fault, Forbidden, Ports, Settings,
    fault::faults_of,
    operations::TendKeys,
    ports::Access,
    ring::{self, Attempt, RingChanges, SpareKey},
    trail::{Entry, Trail},
};

/// Why no key was published.
#[derive(Debug, Error)]
pub enum RotateKeysError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// The next key is published already.
    #[error("the next key is published already")]
    Pending,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(RotateKeysError);
authority_of!(RotateKeysError);

/// Publishes the next signing key, which signs when every verifier has had time to fetch it.
pub struct RotateKeys {
    ports: Ports,
    changes: RingChanges,
    tend: Arc<TendKeys>,
    trail: Trail,
}

/// The key that was published.
#[derive(Clone, Debug)]
pub struct NextKey {
    /// Its id.
    pub id: String,
    /// From when on it signs.
    pub signs_from: Timestamp,
}

impl RotateKeys {
    pub(super) fn new(ports: &Ports, settings: &Settings, tend: &Arc<TendKeys>) -> Self {
        Self {
            ports: ports.clone(),
            changes: RingChanges::new(ports, settings),
            tend: Arc::clone(tend),
            trail: Trail::new(ports),
        }
    }

    /// Publishes it.
    pub async fn execute(&self, actor: &Actor) -> Result<NextKey, RotateKeysError> {
        actor.require_admin()?;
        self.rotate(Some(actor)).await
    }

    /// The same from the command line: whoever can run the binary on the database is trusted already.
    pub async fn unattended(&self) -> Result<NextKey, RotateKeysError> {
        self.rotate(None).await
    }

    async fn rotate(&self, actor: Option<&Actor>) -> Result<NextKey, RotateKeysError> {
        let next = self.changes.attempt(|spare| Box::pin(self.attempt(actor, spare))).await?;
        self.tend.reload().await?;
        Ok(next)
    }

    async fn attempt(
        &self,
        actor: Option<&Actor>,
        mut spare: Option<SpareKey>,
    ) -> Result<Attempt<NextKey>, RotateKeysError> {
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let ring = ring::lock(unit.as_mut()).await?;
        let now = self.ports.clock.now();
        if let Some(actor) = actor {
            authorised(unit.as_mut(), actor, now).await?;
        }
        let place = ring.rotate(&self.changes.rules, now).map_err(|_| RotateKeysError::Pending)?;
        let Some(id) = self.changes.publish(unit.as_mut(), place, &mut spare).await? else {
            return Ok(Attempt::Wants(place));
        };
        let entry = Entry::by_operator(AuditKind::KeyRotated, actor).detail(&id);
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(Attempt::Done(NextKey { id, signs_from: place.signs_from() }))
    }
}

//! The list of signing keys.

use doorward_domain::{
    Timestamp,
    key::{KeyRules, KeyState, SigningKey},
};

use super::AdminListError;
use crate::{Actor, Fault, Ports, Settings, ports::Access, ring};

/// Lists the keys that access tokens are and were signed with.
pub struct ListKeys {
    ports: Ports,
    rules: KeyRules,
}

/// A signing key, as it is now.
#[derive(Clone, Debug)]
pub struct ListedKey {
    /// The key.
    pub key: SigningKey,
    /// What it is now.
    pub state: KeyState,
    /// Until when it signs, or did, if that is known.
    pub signs_until: Option<Timestamp>,
    /// When it is retired, or was, if that is known.
    pub retires_at: Option<Timestamp>,
}

impl ListKeys {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), rules: settings.key_rules() }
    }

    /// The rules by which the keys come and go.
    #[must_use]
    pub const fn rules(&self) -> &KeyRules {
        &self.rules
    }

    /// Every key, the one that signs last first.
    pub async fn execute(&self, actor: &Actor) -> Result<Vec<ListedKey>, AdminListError> {
        actor.require_admin()?;
        Ok(self.unattended().await?)
    }

    /// The same from the command line: whoever can run the binary on the database is trusted already.
    pub async fn unattended(&self) -> Result<Vec<ListedKey>, Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let ring = ring::read(unit.as_mut()).await?;
        drop(unit);
        let now = self.ports.clock.now();
        let listed = |key: &SigningKey| ListedKey {
            key: key.clone(),
            state: ring.state(key, now),
            signs_until: ring.signs_until(key),
            retires_at: ring.retires_at(key, &self.rules),
        };
        Ok(ring.keys().iter().rev().map(listed).collect())
    }
}

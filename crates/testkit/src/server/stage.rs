//! Which adapters of the server a test server replaces.

use std::sync::{Arc, OnceLock};

use doorward::wire;
use doorward_application::{
    Ports,
    ports::{AttemptCounters, Store},
};
use doorward_settings::{Origin, Settings};

use super::{
    inbox::{Inbox, InboxMailer},
    sign_in::MasterKey,
    switch::{SwitchBus, SwitchStore},
};

/// The adapters of a test server, before it is known where it listens.
pub(super) struct Stage {
    pub(super) settings: Arc<Settings>,
    pub(super) store: Arc<SwitchStore>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) master_key: Arc<str>,
    /// Those that were made.
    pub(super) ports: Arc<OnceLock<Ports>>,
}

impl Stage {
    pub(super) fn adapt(&self, ports: Ports, public_url: &Origin) -> anyhow::Result<Ports> {
        let options = |carrier| wire::mail_options(&self.settings.mail, public_url, carrier);
        let hasher = MasterKey { hasher: ports.hasher, key: Arc::clone(&self.master_key) };
        let adapted = Ports {
            store: Arc::clone(&self.store) as Arc<dyn Store>,
            attempts: Arc::clone(&self.store) as Arc<dyn AttemptCounters>,
            bus: Arc::new(SwitchBus(self.store.shared())),
            hasher: Arc::new(hasher),
            mailer: Arc::new(InboxMailer::new(Arc::clone(&self.inbox), options)?),
            ..ports
        };
        Ok(self.ports.get_or_init(|| adapted).clone())
    }
}

//! doorward's use cases, and the ports they need.
//!
//! A use case is a struct with the ports it uses and one `execute`. Its order is always: authorise, parse, slow
//! pure work, begin, decide and write, commit, effects. Nothing is hashed, mailed or called between begin and
//! commit. [`App`] holds all of them; whoever serves doorward in another way than HTTP calls the same.

pub mod account;
pub mod actor;
pub mod admin;
pub mod auth;
pub mod fault;
pub mod field;
pub mod gate;
pub mod idempotency;
pub mod mail;
pub mod operations;
pub mod page;
pub mod ports;
pub mod revocations;
mod ring;
pub mod sessions;
pub mod settings;
pub mod throttle;
mod trail;

use std::sync::Arc;

pub use actor::{Actor, Forbidden};
pub use fault::Fault;
pub use field::{FieldError, FieldErrors};
use gate::{Gated, SessionGate};
use idempotency::deferred::Deferrable;
use ports::{
    AttemptCounters, Clock, IdGenerator, KeySmith, KeyedDigest, Mailer, Meter, PasswordBlocklist, PasswordHasher,
    RefreshTokenCodec, RevocationBus, SecretGenerator, Store, TokenSigner,
};
pub use settings::{Settings, Terms};
use throttle::Throttle;

/// The adapters that the use cases run over.
#[derive(Clone)]
pub struct Ports {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// How often things were tried.
    pub attempts: Arc<dyn AttemptCounters>,
    /// Who tells that something has ended.
    pub bus: Arc<dyn RevocationBus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Randomness.
    pub secrets: Arc<dyn SecretGenerator>,
    /// Password hashing.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Passwords that must not be chosen.
    pub blocklists: Vec<Arc<dyn PasswordBlocklist>>,
    /// Access tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// The keys that they are signed with.
    pub smith: Arc<dyn KeySmith>,
    /// Refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// The sending of messages.
    pub mailer: Arc<dyn Mailer>,
    /// Digests that only this deployment makes.
    pub digests: Arc<dyn KeyedDigest>,
    /// The counting of what happens.
    pub meter: Arc<dyn Meter>,
}

/// Every use case, by what it is about.
pub struct App {
    /// Signing up, in and out.
    pub auth: auth::Auth,
    /// The signed-in user's own account.
    pub account: account::Account,
    /// The signed-in user's sessions.
    pub sessions: sessions::Sessions,
    /// What administrators do.
    pub admin: admin::Admin,
    /// Messages, as they are sent and as the operator sees them.
    pub mail: mail::Mail,
    /// Requests that are done once.
    pub idempotency: idempotency::Idempotency,
    /// What has ended before its time.
    pub revocations: revocations::Revocations,
    /// What is asked about the deployment itself, and done by it.
    pub operations: operations::Operations,
    /// What people are told before they are asked for anything.
    pub terms: Terms,
}

impl App {
    /// Builds every use case over these adapters and rules.
    #[must_use]
    pub fn new(ports: &Ports, settings: &Settings) -> Self {
        let gate = Arc::new(SessionGate::new(&settings.gate));
        let store = Gated { store: Arc::clone(&ports.store), gate: Arc::clone(&gate), clock: Arc::clone(&ports.clock) };
        let ports = &Ports { store: Arc::new(store), ..ports.clone() };
        let idempotency = idempotency::Idempotency::new(ports);
        let ports = &Ports { store: Arc::new(Deferrable(Arc::clone(&ports.store))), ..ports.clone() };
        let throttle = Arc::new(Throttle::new(ports, settings.throttle));
        let operations = operations::Operations::new(ports, settings, &gate);
        let sessions = sessions::Sessions::new(ports);
        Self {
            auth: auth::Auth::new(ports, settings, &throttle, &gate, &sessions.record_activity),
            account: account::Account::new(ports, settings, &throttle),
            sessions,
            admin: admin::Admin::new(ports, settings, &operations.tend_keys),
            mail: mail::Mail::new(ports, settings),
            idempotency,
            revocations: revocations::Revocations::new(ports, settings, &gate, &operations.tend_keys),
            operations,
            terms: Terms::of(settings),
        }
    }
}

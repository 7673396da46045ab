//! doorward's settings: files and environment into typed values, with everything that is wrong told at once.
//!
//! Four layers, each over the one before: what is built in (`config/default.toml`, and `config/development.toml`
//! where the folder has none of its own), then the folder's `default.toml`, its `<environment>.toml`, and
//! `DOORWARD__SECTION__KEY` from the environment. The built-in `default.toml` is the list of all keys: a key that
//! it does not have is an error wherever it stands. A file here is a section there.

pub mod account;
pub mod audit;
pub mod database;
mod environment;
pub mod gate;
pub mod http;
pub mod keys;
mod layers;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod origin;
pub mod pages;
pub mod passwords;
pub mod problem;
pub mod registration;
pub mod secrets;
mod section;
pub mod sessions;
mod setting;
pub mod throttle;
pub mod tokens;
pub mod tracing;

use std::path::PathBuf;

pub use account::Account;
pub use audit::Audit;
pub use database::Database;
pub use gate::Gate;
pub use http::{Http, SameSite};
pub use keys::Keys;
pub use log::{Log, LogFormat};
pub use mail::{Mail, MailTransport};
pub use metrics::Metrics;
pub use origin::Origin;
pub use pages::Pages;
pub use passwords::Passwords;
pub use problem::{Problem, Problems};
pub use registration::{EmailDomain, Registration};
pub use secrets::Secrets;
pub use section::Shown;
use section::{Findings, Section};
pub use sessions::Sessions;
pub use throttle::{Rate, Throttle};
pub use tokens::{Algorithm, ExtraClaims, Tokens};
pub use tracing::Tracing;

/// Where settings come from.
pub struct Sources {
    /// The folder with `default.toml` and `<environment>.toml`. It need not be there.
    pub dir: PathBuf,
    /// What `DOORWARD_ENV` says: which file is read, and which rules hold. All but `development` are held to the
    /// rules of production, so that a misspelt name never loosens one.
    pub env_name: String,
    /// The environment's variables. Those that do not begin with `DOORWARD__` are passed over.
    pub environment: Vec<(String, String)>,
}

impl Sources {
    /// The environment in which no one is served but the developer.
    pub const DEVELOPMENT: &str = "development";
}

/// Everything that a deployment can set, valid.
pub struct Settings {
    /// Where the server listens and how browsers reach it.
    pub http: Http,
    /// Where everything is kept.
    pub database: Database,
    /// What everything stored is sealed under.
    pub secrets: Secrets,
    /// Access and refresh tokens.
    pub tokens: Tokens,
    /// When the keys that sign them come and go.
    pub keys: Keys,
    /// Which passwords may be chosen and what hashing them costs.
    pub passwords: Passwords,
    /// Who may sign up.
    pub registration: Registration,
    /// What becomes of accounts.
    pub account: Account,
    /// How many sessions a user may have.
    pub sessions: Sessions,
    /// What is remembered of those who were let in.
    pub gate: Gate,
    /// How messages are sent.
    pub mail: Mail,
    /// What people see.
    pub pages: Pages,
    /// Limits on attempts.
    pub throttle: Throttle,
    /// How long it is remembered what happened.
    pub audit: Audit,
    /// What is logged, and how.
    pub log: Log,
    /// Where measurements are published.
    pub metrics: Metrics,
    /// Where traces are sent.
    pub tracing: Tracing,
    listing: Vec<Shown>,
    warnings: Vec<Problem>,
}

/// Reads the settings; every problem of every layer is told, not only the first.
pub fn load(sources: Sources) -> Result<Settings, Problems> {
    let development = sources.env_name == Sources::DEVELOPMENT;
    let mut findings = Findings::default();
    let merged = layers::merge(sources, &mut findings.problems);
    let mut root = Section::root(merged, layers::built_in(), development, &mut findings);
    let http = root.table("http", Http::read);
    let database = root.table("database", Database::read);
    let secrets = root.table("secrets", Secrets::read);
    let tokens = root.table("tokens", Tokens::read);
    let keys = root.table("keys", Keys::read);
    let passwords = root.table("passwords", Passwords::read);
    let registration = root.table("registration", Registration::read);
    let account = root.table("account", Account::read);
    let sessions = root.table("sessions", Sessions::read);
    let gate = root.table("gate", Gate::read);
    let mail = root.table("mail", Mail::read);
    let pages = root.table("pages", Pages::read);
    let throttle = root.table("throttle", Throttle::read);
    let audit = root.table("audit", Audit::read);
    let log = root.table("log", Log::read);
    let metrics = root.table("metrics", Metrics::read);
    let tracing = root.table("tracing", Tracing::read);
    root.refuse_the_rest();
    let Findings { listing, problems, warnings } = findings;
    if let Some(problems) = Problems::of(problems) {
        return Err(problems);
    }
    Ok(Settings {
        http,
        database,
        secrets,
        tokens,
        keys,
        passwords,
        registration,
        account,
        sessions,
        gate,
        mail,
        pages,
        throttle,
        audit,
        log,
        metrics,
        tracing,
        listing,
        warnings,
    })
}

impl Settings {
    /// Every key with its value and where it came from, in the order of the sections. Secrets are not shown.
    #[must_use]
    pub fn listing(&self) -> &[Shown] {
        &self.listing
    }

    /// What is allowed and still unwise in production, or without effect in this release.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

//! Settings become adapters, adapters become use cases, and those are served.
//!
//! This is the one place that knows every adapter. To add one: an arm here and, where a deployment is to choose it, a
//! variant in the settings.

use std::{path::Path, sync::Arc};

use actix_web::cookie;
use anyhow::Context as _;
use doorward_application::{
    App, Ports,
    ports::{Clock, IdGenerator, PasswordBlocklist, SecretGenerator},
    settings as rules,
};
use doorward_domain::{session::SessionLifetime, user::PasswordPolicy};
use doorward_http::{Edge, EdgeSettings};
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    jwt::{ExtraClaims, JwtOptions, JwtSigner, SigningAlgorithm},
    os_random::OsRandom,
    password::{CommonPasswords, HashingOptions, HashingPool},
    refresh_token::MacRefreshTokens,
    store::{DatabaseOptions, SeaStore},
    uuid_v7::UuidV7,
};
use doorward_settings::{Algorithm, EmailDomain, Origin, Passwords, SameSite, Settings};

use crate::master_secret;

/// The adapters that a test replaces to be in charge of time and chance.
#[derive(Clone)]
pub struct Wiring {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Randomness.
    pub secrets: Arc<dyn SecretGenerator>,
}

impl Default for Wiring {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), ids: Arc::new(UuidV7::default()), secrets: Arc::new(OsRandom) }
    }
}

/// An open database, and what its secrets are sealed with.
pub struct Opened {
    /// The database. Its tables may be missing yet.
    pub store: SeaStore,
    sealer: Arc<Sealer>,
}

/// Opens the database.
pub async fn open(settings: &Settings, wiring: &Wiring) -> anyhow::Result<Opened> {
    let master = master_secret::of(settings, Path::new(master_secret::DIR), wiring.secrets.as_ref())?;
    let sealer = Arc::new(Sealer::new(&master).context("secrets.master cannot be used")?);
    let options = DatabaseOptions {
        url: settings.database.url.expose().to_owned(),
        max_connections: settings.database.max_connections,
    };
    let store = SeaStore::connect(&options, Arc::clone(&sealer)).await.context("the database cannot be opened")?;
    Ok(Opened { store, sealer })
}

/// Builds the use cases over a migrated database. Keys that it has none of are made.
pub async fn app(
    settings: &Settings,
    wiring: &Wiring,
    opened: &Opened,
    public_url: &Origin,
) -> anyhow::Result<Arc<App>> {
    let Opened { store, sealer } = opened;
    let (clock, ids, secrets) = (wiring.clock.as_ref(), wiring.ids.as_ref(), wiring.secrets.as_ref());
    let signer = JwtSigner::open(store, sealer, clock, jwt_options(settings, public_url))
        .await
        .context("the keys of access tokens cannot be used")?;
    let refresh_tokens = MacRefreshTokens::open(store, sealer, clock, ids, secrets)
        .await
        .context("the keys of refresh tokens cannot be used")?;
    let hasher = HashingPool::start(hashing_options(settings.passwords)).context("no password can be hashed")?;
    let min_length = settings.passwords.min_length as usize;
    let common: Option<Arc<dyn PasswordBlocklist>> =
        settings.passwords.reject_common.then(|| Arc::new(CommonPasswords::built_in(min_length)) as _);
    let ports = Ports {
        store: Arc::new(store.clone()),
        clock: Arc::clone(&wiring.clock),
        ids: Arc::clone(&wiring.ids),
        secrets: Arc::clone(&wiring.secrets),
        hasher: Arc::new(hasher),
        blocklists: common.into_iter().collect(),
        signer: Arc::new(signer),
        refresh_tokens: Arc::new(refresh_tokens),
    };
    Ok(Arc::new(App::new(&ports, &rules(settings))))
}

/// Puts HTTP in front of the use cases.
#[must_use]
pub fn edge(settings: &Settings, app: &Arc<App>, public_url: &Origin) -> Edge {
    let http = &settings.http;
    Edge::new(
        Arc::clone(app),
        EdgeSettings {
            public_url: public_url.as_str().to_owned(),
            cors_origins: http.cors_origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            trusted_proxies: http.trusted_proxies.clone(),
            cookie_same_site: match http.cookie_same_site {
                SameSite::Strict => cookie::SameSite::Strict,
                SameSite::Lax => cookie::SameSite::Lax,
                SameSite::None => cookie::SameSite::None,
            },
        },
    )
}

fn jwt_options(settings: &Settings, public_url: &Origin) -> JwtOptions {
    /// A deployment is the one client of itself.
    const CLIENT_ID: &str = "doorward";
    let tokens = &settings.tokens;
    JwtOptions {
        issuer: tokens.issuer.clone().unwrap_or_else(|| public_url.as_str().to_owned()),
        audience: tokens.audience.clone(),
        client_id: CLIENT_ID.to_owned(),
        access_ttl: tokens.access_ttl,
        algorithm: match tokens.algorithm {
            Algorithm::Es256 => SigningAlgorithm::Es256,
            Algorithm::EdDsa => SigningAlgorithm::EdDsa,
            Algorithm::Rs256 => SigningAlgorithm::Rs256,
            Algorithm::Hs256 => SigningAlgorithm::Hs256,
        },
        extra_claims: ExtraClaims {
            user_id: tokens.extra_claims.user_id,
            session_id: tokens.extra_claims.session_id,
            id: tokens.extra_claims.id,
        },
    }
}

fn hashing_options(passwords: Passwords) -> HashingOptions {
    HashingOptions {
        memory_kib: passwords.argon2_memory_kib,
        iterations: passwords.argon2_iterations,
        parallelism: passwords.argon2_parallelism,
        threads: passwords.max_concurrent_hashes as usize,
    }
}

fn rules(settings: &Settings) -> rules::Settings {
    let Settings { tokens, registration, .. } = settings;
    rules::Settings {
        tokens: rules::TokenRules {
            access_ttl: tokens.access_ttl,
            session: SessionLifetime { idle: tokens.refresh_idle_ttl, absolute: tokens.refresh_absolute_ttl },
            refresh_reuse_grace: tokens.refresh_reuse_grace,
            profile_claims: tokens.profile_claims,
        },
        registration: rules::RegistrationRules {
            enabled: registration.enabled,
            self_service_roles: registration.self_service_roles.clone(),
            allowed_domains: registration.allowed_domains.iter().map(EmailDomain::as_str).map(str::to_owned).collect(),
            reveal_existing_accounts: registration.reveal_existing_accounts,
            require_verified_email: registration.require_verified_email,
        },
        passwords: PasswordPolicy { min_length: settings.passwords.min_length as usize },
        max_sessions_per_user: settings.sessions.max_per_user,
    }
}

//! Settings become adapters, adapters become use cases, and those are served.
//!
//! This is the one place that knows every adapter. To add one: an arm here and, where a deployment is to choose it, a
//! variant in the settings.

mod rules;

use std::{path::Path, sync::Arc};

use actix_web::{cookie, web::ServiceConfig};
use anyhow::Context as _;
use doorward_application::{
    App, Ports,
    ports::{Clock, IdGenerator, Meter, PasswordBlocklist, SecretGenerator, mailer::SENT_WITHIN},
};
use doorward_domain::{Secret, text::Line};
use doorward_http::{Edge, EdgeSettings, Theme};
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    jwt::{ExtraClaims, JwtKeySmith, JwtOptions, JwtSigner},
    keyed_digest::HmacDigests,
    mail::{
        Carrier, Credentials, Encryption, FileCarrier, MailOptions, Sender, SmtpCarrier, SmtpOptions, TemplateMailer,
        Templates,
    },
    os_random::OsRandom,
    password::{BreachedPasswords, CommonPasswords, HashingOptions, HashingPool},
    refresh_token::MacRefreshTokens,
    store::{DatabaseOptions, SeaStore},
    uuid_v7::UuidV7,
};
use doorward_settings::{
    Database, Mail, MailTransport, Origin, Passwords, SameSite, Settings,
    mail::{LinkPrefix, SmtpEncryption, SmtpUrl},
};

use crate::{master_secret, metrics::Metrics};

/// Puts other adapters in the place of some. It is told under which origin clients reach the server.
pub type Adapt = Arc<dyn Fn(Ports, &Origin) -> anyhow::Result<Ports> + Send + Sync>;

/// Puts what is served into an actix-web application.
pub type Routing = Arc<dyn Fn(&mut ServiceConfig, &Edge) + Send + Sync>;

/// What a test replaces, to be in charge of time and chance and of what stands before the routes. No setting does.
#[derive(Clone)]
pub struct Wiring {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Randomness.
    pub secrets: Arc<dyn SecretGenerator>,
    /// Whether the server does by itself what is to be done again and again, as sending mail. A test does it when it
    /// wants to.
    pub background: bool,
    /// The last word about the adapters.
    pub adapt: Adapt,
    /// What is served.
    pub routing: Routing,
}

impl Default for Wiring {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(UuidV7::default()),
            secrets: Arc::new(OsRandom),
            background: true,
            adapt: Arc::new(|ports, _| Ok(ports)),
            routing: Arc::new(doorward_http::configure),
        }
    }
}

/// An open database, and what its secrets are sealed with.
pub struct Opened {
    /// The database. Its tables may be missing yet.
    pub store: SeaStore,
    /// What is measured of all that is made of it.
    pub(crate) metrics: Arc<Metrics>,
    sealer: Arc<Sealer>,
}

/// Where the database is.
pub(crate) fn database_options(settings: &Settings) -> DatabaseOptions {
    let Database { url, max_connections } = &settings.database;
    DatabaseOptions { url: url.expose().to_owned(), max_connections: *max_connections }
}

/// Opens the database.
pub async fn open(settings: &Settings, wiring: &Wiring) -> anyhow::Result<Opened> {
    open_with(settings, wiring, &database_options(settings)).await
}

/// Opens a file of SQLite's in the place of the database.
pub(crate) async fn open_file(settings: &Settings, wiring: &Wiring, file: &Path) -> anyhow::Result<SeaStore> {
    Ok(open_with(settings, wiring, &DatabaseOptions::of_file(file)).await?.store)
}

async fn open_with(settings: &Settings, wiring: &Wiring, options: &DatabaseOptions) -> anyhow::Result<Opened> {
    let master = master_secret::of(settings, Path::new(master_secret::DIR), wiring.secrets.as_ref())?;
    let previous = master_secret::previous(settings);
    let sealer = Arc::new(Sealer::new(&master, &previous).context("[secrets] cannot be used")?);
    let store = SeaStore::connect(options, Arc::clone(&sealer)).await.context("the database cannot be opened")?;
    let metrics = Arc::new(Metrics::new(&wiring.clock));
    metrics.publish(|registry| store.register(registry));
    Ok(Opened { store, metrics, sealer })
}

/// Builds the use cases over a migrated database. Keys that it has none of are made, but for those of access tokens,
/// without which nobody is signed in: see [`open_ring`].
pub async fn app(
    settings: &Settings,
    wiring: &Wiring,
    opened: &Opened,
    public_url: &Origin,
) -> anyhow::Result<Arc<App>> {
    let Opened { store, sealer, metrics } = opened;
    let (clock, ids, secrets) = (wiring.clock.as_ref(), wiring.ids.as_ref(), wiring.secrets.as_ref());
    let digests = digests(wiring, opened).await?;
    let refresh_tokens = MacRefreshTokens::open(store, sealer, clock, ids, secrets)
        .await
        .context("the keys of refresh tokens cannot be used")?;
    let hasher = HashingPool::start(hashing_options(&settings.passwords)).context("no password can be hashed")?;
    metrics.publish(|registry| hasher.register(registry));
    let ports = Ports {
        store: Arc::new(store.clone()),
        attempts: Arc::new(store.clone()),
        bus: store.revocation_bus(),
        clock: Arc::clone(&wiring.clock),
        ids: Arc::clone(&wiring.ids),
        secrets: Arc::clone(&wiring.secrets),
        hasher: Arc::new(hasher),
        blocklists: blocklists(&settings.passwords)?,
        signer: Arc::new(JwtSigner::new(Arc::clone(sealer), jwt_options(settings, public_url))),
        smith: Arc::new(JwtKeySmith::new(Arc::clone(sealer))),
        refresh_tokens: Arc::new(refresh_tokens),
        digests: Arc::new(digests),
        mailer: Arc::new(mailer(&settings.mail, public_url)?),
        meter: Arc::clone(&metrics.meter) as Arc<dyn Meter>,
    };
    let ports = (wiring.adapt)(ports, public_url)?;
    Ok(Arc::new(App::new(&ports, &rules::of(settings))))
}

/// Takes the keys of access tokens into use, and makes the first where there is none.
pub async fn open_ring(app: &App) -> anyhow::Result<()> {
    let done = app.operations.tend_keys.execute().await.context("no access token can be signed")?;
    for step in done {
        tracing::info!(?step, "signing keys");
    }
    Ok(())
}

/// Opens the key of digests over a migrated database, or makes it.
pub(crate) async fn digests(wiring: &Wiring, opened: &Opened) -> anyhow::Result<HmacDigests> {
    let Opened { store, sealer, .. } = opened;
    let digests = HmacDigests::open(store, sealer, wiring.clock.as_ref(), wiring.ids.as_ref()).await;
    digests.context("the key of digests cannot be used")
}

/// How the pages look and what they say.
pub(crate) fn theme(settings: &Settings) -> anyhow::Result<Theme> {
    let theme = Theme::load(settings.mail.product_name.as_str(), settings.pages.theme.as_deref());
    theme.context("pages.theme cannot be used")
}

/// Puts HTTP in front of the use cases.
pub fn edge(settings: &Settings, app: &Arc<App>, public_url: &Origin) -> anyhow::Result<Edge> {
    let http = &settings.http;
    Ok(Edge::new(
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
            theme: Arc::new(theme(settings)?),
        },
    ))
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
        extra_claims: ExtraClaims {
            user_id: tokens.extra_claims.user_id,
            session_id: tokens.extra_claims.session_id,
            id: tokens.extra_claims.id,
        },
    }
}

fn blocklists(passwords: &Passwords) -> anyhow::Result<Vec<Arc<dyn PasswordBlocklist>>> {
    let mut lists: Vec<Arc<dyn PasswordBlocklist>> = Vec::new();
    if passwords.reject_common {
        lists.push(Arc::new(CommonPasswords::built_in(passwords.min_length as usize)));
    }
    if let Some(file) = &passwords.breached_file {
        lists.push(Arc::new(BreachedPasswords::open(file).context("passwords.breached_file cannot be used")?));
    }
    Ok(lists)
}

fn mailer(mail: &Mail, public_url: &Origin) -> anyhow::Result<TemplateMailer> {
    let carrier: Box<dyn Carrier> = match mail.transport {
        MailTransport::File => Box::new(FileCarrier::new(mail.directory.clone())),
        MailTransport::Smtp => {
            let url = mail.smtp_url.as_ref().context("mail.smtp_url is missing")?;
            let carrier = SmtpCarrier::new(smtp_options(mail, url));
            Box::new(carrier.context("the mail server cannot be used: see mail.smtp_url and mail.smtp_ca_file")?)
        }
    };
    Ok(TemplateMailer::new(mail_options(mail, public_url, carrier)?))
}

/// How mails are written, and who takes them.
pub fn mail_options(mail: &Mail, public_url: &Origin, carrier: Box<dyn Carrier>) -> anyhow::Result<MailOptions> {
    let name = mail.from.name.as_ref().map(Line::as_str);
    Ok(MailOptions {
        templates: Templates::load(mail.templates.as_deref()).context("mail.templates cannot be used")?,
        product_name: mail.product_name.as_str().to_owned(),
        links_to: mail.links_to.as_ref().map_or_else(|| public_url.as_str(), LinkPrefix::as_str).to_owned(),
        from: Sender::new(name, &mail.from.address).context("mail.from cannot be used")?,
        carrier,
        sent_within: SENT_WITHIN,
    })
}

fn smtp_options(mail: &Mail, url: &SmtpUrl) -> SmtpOptions {
    SmtpOptions {
        host: url.host.clone(),
        port: url.port,
        encryption: match mail.smtp_encryption(url) {
            SmtpEncryption::FromStart => Encryption::FromStart,
            SmtpEncryption::StartTls => Encryption::StartTls,
            SmtpEncryption::None => Encryption::None,
        },
        credentials: url.login.as_ref().map(|login| Credentials {
            user: login.user.clone(),
            password: Secret::new(login.password.expose().clone()),
        }),
        ca_file: mail.smtp_ca_file.clone(),
        client_name: mail.from.address.domain().to_owned(),
    }
}

fn hashing_options(passwords: &Passwords) -> HashingOptions {
    HashingOptions {
        memory_kib: passwords.argon2_memory_kib,
        iterations: passwords.argon2_iterations,
        parallelism: passwords.argon2_parallelism,
        threads: passwords.max_concurrent_hashes as usize,
    }
}

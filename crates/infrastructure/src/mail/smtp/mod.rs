//! Mails by SMTP (RFC 5321).

mod stage;

use std::{
    fs,
    net::IpAddr,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::ports::SendError;
use doorward_domain::Secret;
use lettre::transport::smtp::{
    authentication::{self, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use self::stage::Stage;
use super::{Carrier, Letter};

/// How long one address of the server may take to accept a connection: where the first does not, others may.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);
/// The most connections that are kept for the next mails.
const MOST_IDLE: usize = 4;
/// How long a connection is kept unused: shorter than servers keep theirs.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// Which mail server takes the mails, and how.
pub struct SmtpOptions {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is kept private.
    pub encryption: Encryption,
    /// Whom to sign in as, if the server asks for it.
    pub credentials: Option<Credentials>,
    /// Certificates, as PEM, of the only authorities to trust; none means the public ones.
    pub ca_file: Option<PathBuf>,
    /// What to call this side when greeting: a domain.
    pub client_name: String,
}

/// How the way to a mail server is kept private. There is no "if the server offers it": whoever is on the way could
/// say that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte.
    FromStart,
    /// `STARTTLS` (RFC 3207), or nothing is sent.
    StartTls,
    /// None. For a server on the same machine, or to catch mails in development.
    None,
}

/// A name and a password of the mail server's.
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
}

/// The mail server cannot be used with these options.
#[derive(Debug, Error)]
pub enum UnusableSmtp {
    /// The file of the authorities cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file has no certificates, or one that is damaged.
    #[error("{} must hold certificates as PEM", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
    },
    /// The password would be readable on the way.
    #[error("a password is sent to no other machine without encryption")]
    PasswordInClear,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// Hands mails to a mail server, over connections that are kept for the next ones.
///
/// The pool is our own because lettre's takes a connection back wherever its mail was given up: the next mail would
/// go on in the middle of the last. Here a connection is kept only after a mail that was accepted.
pub struct SmtpCarrier {
    options: SmtpOptions,
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl SmtpCarrier {
    /// A carrier to this server. Nothing is connected yet.
    pub fn new(options: SmtpOptions) -> Result<Self, UnusableSmtp> {
        let tls = match options.encryption {
            Encryption::None if options.credentials.is_some() && !is_loopback(&options.host) => {
                return Err(UnusableSmtp::PasswordInClear);
            }
            Encryption::None => None,
            Encryption::FromStart | Encryption::StartTls => Some(tls(&options)?),
        };
        Ok(Self { options, tls, idle: Mutex::default() })
    }

    /// A connection that was kept and still works, or a new one.
    async fn connection(&self, deadline: Instant) -> Result<AsyncSmtpConnection, SendError> {
        while let Some(mut connection) = self.take_idle() {
            if timeout_at(deadline, connection.test_connected()).await == Ok(true) {
                return Ok(connection);
            }
        }
        self.connect(deadline).await
    }

    async fn connect(&self, deadline: Instant) -> Result<AsyncSmtpConnection, SendError> {
        let SmtpOptions { host, port, encryption, credentials, client_name, .. } = &self.options;
        let name = ClientId::Domain(client_name.clone());
        let tls = |at: Encryption| self.tls.clone().filter(|_| *encryption == at);
        let connected = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(CONNECTED_WITHIN),
            &name,
            tls(Encryption::FromStart),
            None,
        );
        let mut connection = Stage::Connect.wait(deadline, connected).await?;
        if let Some(tls) = tls(Encryption::StartTls) {
            Stage::StartTls.wait(deadline, connection.starttls(tls, &name)).await?;
        }
        if let Some(Credentials { user, password }) = credentials {
            let credentials = authentication::Credentials::new(user.clone(), password.expose().clone());
            Stage::Auth.wait(deadline, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < KEPT_FOR);
        idle.pop().map(|idle| idle.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

#[async_trait]
impl Carrier for SmtpCarrier {
    async fn carry(&self, letter: &Letter, deadline: Instant) -> Result<(), SendError> {
        let mut connection = self.connection(deadline).await?;
        send(&mut connection, letter, deadline).await?;
        self.keep(connection);
        Ok(())
    }
}

async fn send(connection: &mut AsyncSmtpConnection, letter: &Letter, deadline: Instant) -> Result<(), SendError> {
    let content = letter.content(connection.server_info().supports_feature(Extension::EightBitMime));
    let eight_bit = MailParameter::Body(MailBodyParameter::EightBitMime);
    let parameters = if content.is_ascii() { Vec::new() } else { vec![eight_bit] };
    let sender = Mail::new(Some(letter.sender().clone()), parameters);
    Stage::Sender.wait(deadline, connection.command(sender)).await?;
    let recipient = Rcpt::new(letter.recipient().clone(), Vec::new());
    Stage::Recipient.wait(deadline, connection.command(recipient)).await?;
    let answer = Stage::Data.wait(deadline, connection.command(Data)).await?;
    if !answer.has_code(354) {
        return Err(Stage::Data.temporary("its answer is not SMTP"));
    }
    Stage::Content.wait(deadline, connection.message(&content)).await?;
    Ok(())
}

fn tls(options: &SmtpOptions) -> Result<TlsParameters, UnusableSmtp> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(path) = &options.ca_file {
        let pem = fs::read(path).map_err(|cause| UnusableSmtp::CaFile { path: path.clone(), cause })?;
        // A file without any would trust nobody, and say so with the first mail only.
        let any = String::from_utf8_lossy(&pem).contains("BEGIN CERTIFICATE");
        let certificates = Certificate::from_pem(&pem).ok().filter(|_| any);
        let certificates = certificates.ok_or_else(|| UnusableSmtp::Certificates { path: path.clone() })?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates);
    }
    builder.build_rustls().map_err(|error| UnusableSmtp::Tls(error.to_string()))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

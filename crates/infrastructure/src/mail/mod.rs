//! Messages become mails, and mails leave the house.
//!
//! [`TemplateMailer`] writes a message out in its reader's language and hands the [`Letter`] to a [`Carrier`]: a mail
//! server ([`SmtpCarrier`]) or a folder ([`FileCarrier`]). Another way out is another [`Carrier`].

mod built_in;
mod file;
mod letter;
mod smtp;
mod templates;
mod variables;

use std::time::Duration;

use async_trait::async_trait;
use doorward_application::ports::{Mailer, Message, SendError};
use tokio::time::Instant;
use tracing::Instrument as _;

pub use file::FileCarrier;
pub use letter::{Letter, Sender, UnusableSender};
pub use smtp::{Credentials, Encryption, SmtpCarrier, SmtpOptions, UnusableSmtp};
pub use templates::{TemplateError, Templates};

/// Takes finished mails to where they go.
///
/// - [`carry`](Self::carry) MUST return `Ok` only when the mail is in other hands, for good.
/// - It MUST return by the deadline.
/// - A failure's text MUST hold nothing of the mail and none of its addresses.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Takes a mail over.
    async fn carry(&self, letter: &Letter, deadline: Instant) -> Result<(), SendError>;
}

/// With what a [`TemplateMailer`] writes and sends.
pub struct MailOptions {
    /// The texts.
    pub templates: Templates,
    /// What the product is called in them.
    pub product_name: String,
    /// What every link begins with: an origin, perhaps with a path, without a slash at the end.
    pub links_to: String,
    /// From whom the mails are.
    pub from: Sender,
    /// Who takes them.
    pub carrier: Box<dyn Carrier>,
    /// How long the sending of one may take:
    /// [`SENT_WITHIN`](doorward_application::ports::mailer::SENT_WITHIN), or less.
    pub sent_within: Duration,
}

/// Writes messages out with templates.
pub struct TemplateMailer {
    options: MailOptions,
}

impl TemplateMailer {
    /// A mailer that writes and sends with these.
    #[must_use]
    pub const fn new(options: MailOptions) -> Self {
        Self { options }
    }

    fn write(&self, message: &Message) -> Result<Letter, SendError> {
        let MailOptions { templates, product_name, from, .. } = &self.options;
        let link = self.link(message);
        let texts = templates
            .write(message, link.as_deref(), product_name)
            .map_err(|error| SendError::Permanent(format!("its template cannot be used: {}", error.place())))?;
        Ok(Letter::new(message, from, texts))
    }

    /// The link of a message. It is made of the settings, the page and the token: nothing that a request says is in it.
    fn link(&self, message: &Message) -> Option<String> {
        let mut link = format!("{}{}", self.options.links_to, message.kind.page()?);
        if let Some(token) = &message.token {
            link += "?token=";
            link += token.text().expose();
        }
        Some(link)
    }
}

#[async_trait]
impl Mailer for TemplateMailer {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        if message.kind.is_request() {
            return Err(SendError::Permanent(format!("{} is the wish for a message", message.kind.as_str())));
        }
        let deadline = Instant::now() + self.options.sent_within;
        let letter = self.write(message)?;
        let kind = message.kind.as_str();
        let span = tracing::debug_span!(target: "doorward::trace", "mail.send", otel.kind = "client", mail.kind = kind);
        self.options.carrier.carry(&letter, deadline).instrument(span).await
    }
}

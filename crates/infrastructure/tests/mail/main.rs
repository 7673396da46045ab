//! Mails, from the message to the file or the mail server.

mod catcher;
mod failures;
mod file;
mod headers;
mod overrides;
mod scripted;
mod smtp;
mod texts;

use std::{
    net::Ipv4Addr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::ports::{Facts, Mailer as _, Message, MessageKind, SendError, mailer::SENT_WITHIN};
use doorward_domain::{
    MessageId, Role, Secret, Timestamp,
    token::OneTimeSecret,
    user::{EmailAddress, Locale},
};
use doorward_infrastructure::mail::{Carrier, Letter, MailOptions, Sender, TemplateMailer, Templates};
use tokio::time::Instant;
use uuid::Uuid;

const LINKS_TO: &str = "https://login.example.com";
const TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

/// 2026-11-21T14:30:00.123456Z
fn written_at() -> Timestamp {
    Timestamp::from_timestamp_micros(1_795_271_400_123_456).expect("a moment")
}

/// A message that tells all that there is to tell.
fn message(kind: MessageKind, locale: &str) -> Message {
    let without_token = matches!(kind, MessageKind::AccountExists | MessageKind::DeletionScheduled);
    Message {
        id: MessageId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001)),
        user_id: None,
        to: address("Jane@example.com"),
        name: Some("Jane Doe".to_owned()),
        locale: Locale::parse(locale).expect("a locale"),
        kind,
        token: (!without_token).then(|| OneTimeSecret::new(Secret::new([7; 32]))),
        facts: Facts {
            expires_at: Some(written_at() + Duration::from_hours(24)),
            device: Some("Firefox on Linux".to_owned()),
            ip_address: Some(Ipv4Addr::new(192, 0, 2, 1).into()),
            new_email: Some(address("new@example.com")),
            role: Some(Role::Employer),
            company: Some("Example Ltd".to_owned()),
        },
        created_at: written_at(),
    }
}

/// The kinds that are sent.
fn kinds() -> impl Iterator<Item = MessageKind> {
    MessageKind::ALL.into_iter().filter(|kind| !kind.is_request())
}

fn options(carrier: impl Carrier + 'static) -> MailOptions {
    MailOptions {
        templates: Templates::load(None).expect("what is built in can be used"),
        product_name: "Example".to_owned(),
        links_to: LINKS_TO.to_owned(),
        from: Sender::new(Some("The Door"), &address("no-reply@example.com")).expect("a sender"),
        carrier: Box::new(carrier),
        sent_within: SENT_WITHIN,
    }
}

/// Keeps the mails that are sent.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Mail>>>);

#[async_trait]
impl Carrier for Kept {
    async fn carry(&self, letter: &Letter, _: Instant) -> Result<(), SendError> {
        self.0.lock().expect("no test panics here").push(Mail::read(letter.content(true)));
        Ok(())
    }
}

/// A mail, read back.
struct Mail(String);

impl Mail {
    fn read(content: Vec<u8>) -> Self {
        let content = String::from_utf8(content).expect("UTF-8");
        assert!(!content.replace("\r\n", "").contains(['\r', '\n']), "each line ends with CRLF");
        Self(content.replace("\r\n", "\n"))
    }

    /// The lines before the first empty one, each with the lines that go on with it.
    fn headers(&self) -> Vec<String> {
        let (headers, _) = self.0.split_once("\n\n").expect("headers and a body");
        headers.replace("\n ", " ").lines().map(str::to_owned).collect()
    }

    fn header(&self, name: &str) -> Option<String> {
        let start = format!("{name}: ");
        self.headers().iter().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
    }

    /// What stands in the part of this type, as it stands there.
    fn part(&self, kind: &str) -> &str {
        let (_, rest) = self.0.split_once(&format!("Content-Type: {kind}; charset=utf-8\n")).expect("the part");
        let (_, rest) = rest.split_once("\n\n").expect("the part's body");
        rest.split_once("\n\n--=").expect("the part's end").0
    }

    fn text(&self) -> &str {
        self.part("text/plain")
    }

    fn html(&self) -> &str {
        self.part("text/html")
    }
}

/// The mail that a message becomes.
async fn mail_with(options: impl FnOnce(&mut MailOptions), message: &Message) -> Mail {
    let kept = Kept::default();
    let mut with = self::options(kept.clone());
    options(&mut with);
    TemplateMailer::new(with).send(message).await.expect("sent");
    kept.0.lock().expect("no test panics here").pop().expect("a mail")
}

async fn mail(message: &Message) -> Mail {
    mail_with(|_| (), message).await
}

fn with_templates(folder: &Path) -> impl FnOnce(&mut MailOptions) + use<> {
    let templates = Templates::load(Some(folder)).expect("templates that can be used");
    |options| options.templates = templates
}

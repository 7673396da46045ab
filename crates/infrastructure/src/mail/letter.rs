//! A finished mail.

use std::time::SystemTime;

use doorward_application::ports::Message;
use doorward_domain::{MessageId, Timestamp, user::EmailAddress};
use lettre::{
    Address,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use thiserror::Error;

use super::{templates::Texts, variables::harmless};

/// The longest line that may be sent, in bytes, without the line break (RFC 5321 §4.5.3.1.6).
const LONGEST_LINE: usize = 998;

/// From whom mails are.
#[derive(Clone, Debug)]
pub struct Sender(Mailbox);

/// The sender cannot be written into a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the sender's name and address must be of the form `Name <name@domain>` (RFC 5322, section 3.4)")]
pub struct UnusableSender;

impl Sender {
    /// A sender with an address and perhaps a name.
    pub fn new(name: Option<&str>, address: &EmailAddress) -> Result<Self, UnusableSender> {
        if name.is_some_and(|name| name.contains(char::is_control)) {
            return Err(UnusableSender);
        }
        let mailbox = mailbox(name, address);
        // Whoever builds a mail reads the sender back: what cannot be read is found out here and not with each mail.
        let readable = mailbox.to_string().parse::<Mailbox>().is_ok_and(|read| read.email == mailbox.email);
        if readable { Ok(Self(mailbox)) } else { Err(UnusableSender) }
    }
}

/// A mail in two alternatives, text and HTML, to one person.
pub struct Letter {
    id: MessageId,
    created_at: Timestamp,
    from: Mailbox,
    to: Mailbox,
    texts: Texts,
}

/// Says that no person wrote it, so that nothing answers it by itself (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Letter {
    pub(super) fn new(message: &Message, from: &Sender, texts: Texts) -> Self {
        let to = mailbox(message.name.as_deref().and_then(harmless), &message.to);
        Self { id: message.id, created_at: message.created_at, from: from.0.clone(), to, texts }
    }

    /// A name for a file: the moment at which the message was written, and which message it is.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}-{}.eml", self.created_at.format("%Y%m%dT%H%M%S%.6fZ"), self.id)
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.texts.subject
    }

    /// What it says, without looks.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.texts.text
    }

    /// The same as HTML.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.texts.html
    }

    pub(super) const fn sender(&self) -> &Address {
        &self.from.email
    }

    pub(super) const fn recipient(&self) -> &Address {
        &self.to.email
    }

    /// The mail as it is sent: the same bytes whenever it is asked for. With `eight_bit` (RFC 6152) the text is as a
    /// person reads it, whatever its language; without, all is ASCII.
    #[must_use]
    pub fn content(&self, eight_bit: bool) -> Vec<u8> {
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![self.to.email.clone()]);
        let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(encode(text, eight_bit));
        let alternatives = MultiPart::alternative()
            // Random by default; this one is in no text either, and a mail that is sent again is the same.
            .boundary(format!("={}=", self.id))
            .singlepart(part(ContentType::TEXT_PLAIN, &self.texts.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.texts.html));
        lettre::Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(self.texts.subject.as_str())
            .date(SystemTime::from(self.created_at))
            // A worker that dies after sending leaves the message to be sent again: mail systems drop the second.
            .message_id(Some(format!("<{}@{}>", self.id, self.from.email.domain())))
            .header(AutoSubmitted)
            .envelope(envelope.expect("there is one recipient"))
            .multipart(alternatives)
            .expect("the sender was read back before")
            .formatted()
    }
}

/// The domain in ASCII, because servers without SMTPUTF8 take no other. What the domain lets through is written as it
/// is: it has neither spaces nor brackets nor quotes, and a few that lettre refuses exist, such as `a..b@docomo.ne.jp`.
fn mailbox(name: Option<&str>, address: &EmailAddress) -> Mailbox {
    let local = address.typed().rsplit_once('@').map_or("", |(local, _)| local);
    Mailbox::new(name.map(str::to_owned), Address::new_dangerous(local, address.domain()))
}

/// Text as it stands, if it may be sent so: no link is broken by an encoding. Otherwise quoted-printable.
fn encode(text: &str, eight_bit: bool) -> Body {
    let short = text.lines().all(|line| line.len() <= LONGEST_LINE);
    let as_it_stands = match (short, text.is_ascii()) {
        (true, true) => Some(ContentTransferEncoding::SevenBit),
        (true, false) if eight_bit => Some(ContentTransferEncoding::EightBit),
        _ => None,
    };
    match as_it_stands {
        Some(encoding) => Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), encoding),
        None => Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
            .expect("any text can be written in quoted-printable"),
    }
}

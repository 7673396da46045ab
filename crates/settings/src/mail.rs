//! `[mail]`: how messages are sent, and what they say of the product.

mod smtp_url;

use std::{path::PathBuf, time::Duration};

use config::ValueKind;
use doorward_domain::{text::Line, user::EmailAddress};
use url::Url;

use crate::{
    Origin,
    section::Section,
    setting::{Setting, named_setting, text},
};

pub use smtp_url::{SmtpLogin, SmtpUrl};

/// How messages are sent, and what they say of the product.
pub struct Mail {
    /// By which way.
    pub transport: MailTransport,
    /// Where `file` puts them.
    pub directory: PathBuf,
    /// Which server `smtp` hands them to.
    pub smtp_url: Option<SmtpUrl>,
    /// Whether that server must encrypt when its URL is `smtp://`. Use [`Mail::smtp_encryption`].
    smtp_tls: SmtpTls,
    /// The certificates of the only authorities that are trusted about that server, if not the public ones.
    pub smtp_ca_file: Option<PathBuf>,
    /// From whom they are.
    pub from: Mailbox,
    /// What the product is called in them.
    pub product_name: Line,
    /// What their links begin with, if it is not the origin that browsers use.
    pub links_to: Option<LinkPrefix>,
    /// A folder with texts that replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// How long a message is tried before it is put off for good.
    pub give_up_after: Duration,
}

/// By which way messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    /// Each becomes an `.eml` file.
    File,
    /// Each is handed to a mail server.
    Smtp,
}

named_setting!(MailTransport { "file" => File, "smtp" => Smtp });

/// Whether a server that begins in clear text must encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// It must, unless it is this machine.
    Required,
    /// It need not.
    None,
}

named_setting!(SmtpTls { "required" => Required, "none" => None });

/// How the way to the mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// TLS from the first byte.
    FromStart,
    /// `STARTTLS` (RFC 3207), or nothing is sent.
    StartTls,
    /// None.
    None,
}

impl Mail {
    const SHORTEST_TRY: Duration = Duration::from_mins(1);
    const LONGEST_TRY: Duration = Duration::from_hours(30 * 24);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let directory: String = from.get("directory");
        let mail = Self {
            transport: from.get("transport"),
            directory: directory.into(),
            smtp_url: from.get("smtp_url"),
            smtp_tls: from.get("smtp_tls"),
            smtp_ca_file: from.get::<Option<String>>("smtp_ca_file").map(PathBuf::from),
            from: from.get("from"),
            product_name: from.get("product_name"),
            links_to: from.get("links_to"),
            templates: from.get::<Option<String>>("templates").map(PathBuf::from),
            give_up_after: from.get("give_up_after"),
        };
        match mail.transport {
            MailTransport::File => {
                from.require(!mail.directory.as_os_str().is_empty(), "directory", "must name a folder");
                if !from.development {
                    from.warn("transport", "puts mails into a folder, where nobody gets them; see docs/topics/mail.md");
                }
            }
            MailTransport::Smtp => match &mail.smtp_url {
                None => from.refuse("smtp_url", "is missing; mail.transport is smtp"),
                Some(url) => mail.look_at_the_way(url, from),
            },
        }
        let link_is_private = mail.links_to.as_ref().is_none_or(|link| link.is_https() || link.is_loopback());
        from.require(from.development || link_is_private, "links_to", "must begin with https:// outside development");
        from.require(
            (Self::SHORTEST_TRY..=Self::LONGEST_TRY).contains(&mail.give_up_after),
            "give_up_after",
            "must be from 1m to 30d",
        );
        mail
    }

    /// How the way to this server is kept private.
    #[must_use]
    pub fn smtp_encryption(&self, url: &SmtpUrl) -> SmtpEncryption {
        if url.tls_from_start {
            SmtpEncryption::FromStart
        } else if self.smtp_tls == SmtpTls::None || url.is_loopback() {
            SmtpEncryption::None
        } else {
            SmtpEncryption::StartTls
        }
    }

    fn look_at_the_way(&self, url: &SmtpUrl, from: &mut Section<'_>) {
        if self.smtp_encryption(url) != SmtpEncryption::None || url.is_loopback() {
            return;
        }
        if url.login.is_some() {
            from.refuse("smtp_tls", "must be required: mail.smtp_url has a password, and others could read it");
        } else if !from.development {
            from.warn("smtp_tls", "lets whoever is on the way to the mail server read every link and use it");
        }
    }
}

/// An address with the name to show beside it (RFC 5322 §3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name, if there is one.
    pub name: Option<Line>,
    /// The address.
    pub address: EmailAddress,
}

impl Setting for Mailbox {
    fn expected() -> String {
        "an address, such as login@example.com or Doorward <login@example.com>".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let raw = text(value)?.trim();
        let (name, address) = match raw.strip_suffix('>').and_then(|raw| raw.split_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address),
            None => ("", raw),
        };
        let name = if name.is_empty() { None } else { Some(Line::parse(name).ok()?) };
        Some(Self { name, address: EmailAddress::parse(address).ok()? })
    }

    fn show(&self) -> String {
        match &self.name {
            Some(name) => format!("{} <{}>", name.as_str(), self.address.typed()),
            None => self.address.typed().to_owned(),
        }
    }
}

impl Setting for Line {
    fn expected() -> String {
        format!("a line of 1 to {} characters", Self::MAX)
    }

    fn read(value: &ValueKind) -> Option<Self> {
        Self::parse(text(value)?).ok()
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

/// What links begin with: an origin, and perhaps a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPrefix {
    url: Url,
    origin: Origin,
}

impl LinkPrefix {
    /// The prefix without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    fn is_https(&self) -> bool {
        self.origin.is_https()
    }

    fn is_loopback(&self) -> bool {
        self.origin.is_loopback()
    }
}

impl Setting for LinkPrefix {
    fn expected() -> String {
        "a URL without a query, such as https://app.example.com/account".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let url = Url::parse(text(value)?.trim()).ok()?;
        let mut bare = url.clone();
        bare.set_path("");
        // What is more than scheme, host, port and path, no origin has either.
        Some(Self { origin: Origin::parse(bare.as_str())?, url })
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::{LinkPrefix, Mailbox};
    use crate::setting::Setting;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        let shown = |raw: &str| Mailbox::read(&ValueKind::from(raw)).map(|mailbox| mailbox.show());
        assert_eq!(shown("login@example.com").as_deref(), Some("login@example.com"));
        assert_eq!(shown("\"The Door\" <login@example.com>").as_deref(), Some("The Door <login@example.com>"));
        for raw in ["", "The Door", "The Door <>", "a@x.example, b@x.example", "A\nBcc: b@x.example <a@x.example>"] {
            assert_eq!(shown(raw), None, "{raw:?}");
        }
    }

    #[test]
    fn a_link_prefix_is_an_origin_with_or_without_a_path() {
        let shown = |raw: &str| LinkPrefix::read(&ValueKind::from(raw)).map(|prefix| prefix.show());
        assert_eq!(shown("https://App.example.com/").as_deref(), Some("https://app.example.com"));
        assert_eq!(shown("https://example.com/a/b/").as_deref(), Some("https://example.com/a/b"));
        for raw in ["", "example.com", "ftp://x.example", "https://x.example/?a", "https://x.example/#a", "https://a@x"]
        {
            assert_eq!(shown(raw), None, "{raw:?}");
        }
    }
}

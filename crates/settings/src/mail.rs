//! `[mail]`: how messages are sent.

use std::path::PathBuf;

use config::ValueKind;
use doorward_domain::{Secret, text::Line, user::EmailAddress};
use url::Url;

use crate::{
    section::Section,
    setting::{Setting, named_setting, text},
};

/// How messages are sent.
pub struct Mail {
    /// By which way.
    pub transport: MailTransport,
    /// Where `file` puts them.
    pub directory: PathBuf,
    /// Which server `smtp` hands them to.
    pub smtp_url: Option<SmtpUrl>,
    /// From whom they are.
    pub from: Mailbox,
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

impl Mail {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let directory: String = from.get("directory");
        let mail = Self {
            transport: from.get("transport"),
            directory: directory.into(),
            smtp_url: from.get("smtp_url"),
            from: from.get("from"),
        };
        match mail.transport {
            MailTransport::File => {
                from.require(!mail.directory.as_os_str().is_empty(), "directory", "must name a folder");
            }
            MailTransport::Smtp => {
                from.require(mail.smtp_url.is_some(), "smtp_url", "is missing; mail.transport is smtp");
                from.warn("transport", "has no effect: this release sends no mail");
            }
        }
        mail
    }
}

/// Names a mail server. It may hold a password.
pub struct SmtpUrl(Secret<String>);

impl SmtpUrl {
    /// The text, for the transport.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Setting for SmtpUrl {
    fn expected() -> String {
        "smtps://USER:PASSWORD@HOST or smtp://HOST:PORT".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let raw = text(value)?.trim();
        let url = Url::parse(raw).ok()?;
        let good = matches!(url.scheme(), "smtp" | "smtps") && url.host_str().is_some_and(|host| !host.is_empty());
        good.then(|| Self(Secret::from(raw)))
    }

    fn show(&self) -> String {
        self.0.show()
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

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::{Mailbox, SmtpUrl};
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
    fn a_mail_server_has_a_host_and_its_password_is_not_shown() {
        let read = |raw: &str| SmtpUrl::read(&ValueKind::from(raw));
        assert_eq!(read("smtps://jane:hunter2@mail.example").unwrap().show(), "(secret)");
        for raw in ["mail.example", "http://mail.example", "smtp://"] {
            assert!(read(raw).is_none(), "{raw:?}");
        }
    }
}

//! `mail.smtp_url`.

use std::net::IpAddr;

use config::ValueKind;
use doorward_domain::Secret;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::setting::{Setting, text};

/// Names a mail server, and perhaps whom to sign in as.
pub struct SmtpUrl {
    /// Whether it is `smtps://`: TLS from the first byte. `smtp://` begins in clear text.
    pub tls_from_start: bool,
    /// The server's name or IP address.
    pub host: String,
    /// Its port: 465 for `smtps://` and 587 for `smtp://`, unless the URL says another.
    pub port: u16,
    /// Whom to sign in as, if the URL says so.
    pub login: Option<SmtpLogin>,
}

/// A name and a password of a mail server's.
pub struct SmtpLogin {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
}

impl SmtpUrl {
    /// The ports of submission (RFC 8314 §3.3).
    const PORTS: (u16, u16) = (465, 587);

    /// Whether it is this machine, so that nothing leaves it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Setting for SmtpUrl {
    fn expected() -> String {
        "smtps://USER:PASSWORD@HOST or smtp://HOST:PORT, with what is not a letter or digit in USER and PASSWORD \
         percent-encoded"
            .to_owned()
    }

    /// A path, a query or a fragment would be wishes that nobody grants.
    fn read(value: &ValueKind) -> Option<Self> {
        let url = Url::parse(text(value)?.trim()).ok()?;
        let tls_from_start = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return None,
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return None;
        }
        // As browsers read it: other schemes' hosts are not looked at when a URL is.
        let host = match Host::parse(url.host_str()?).ok()? {
            Host::Domain(name) => name,
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let decoded = |part: &str| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            ("", _) | (_, None | Some("")) => return None,
            (user, Some(password)) => {
                Some(SmtpLogin { user: decoded(user)?, password: Secret::new(decoded(password)?) })
            }
        };
        let (from_start, after_greeting) = Self::PORTS;
        let usual = if tls_from_start { from_start } else { after_greeting };
        Some(Self { tls_from_start, host, port: url.port().unwrap_or(usual), login })
    }

    fn show(&self) -> String {
        "(secret)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::SmtpUrl;
    use crate::setting::Setting;

    fn read(raw: &str) -> Option<SmtpUrl> {
        SmtpUrl::read(&ValueKind::from(raw))
    }

    #[test]
    fn a_server_has_a_host_and_the_port_of_its_scheme() {
        for (raw, tls, host, port) in [
            ("smtps://mail.example", true, "mail.example", 465),
            ("smtp://Mail.example/", false, "mail.example", 587),
            ("smtp://localhost:1025", false, "localhost", 1025),
            ("smtp://[::1]:25", false, "::1", 25),
            ("smtps://bücher.example:2465", true, "xn--bcher-kva.example", 2465),
        ] {
            let url = read(raw).unwrap();
            assert_eq!((url.tls_from_start, url.host.as_str(), url.port), (tls, host, port), "{raw}");
            assert!(url.login.is_none());
        }
    }

    #[test]
    fn a_name_and_a_password_are_decoded_and_never_shown() {
        let url = read("smtps://jane%40example.com:p%3Aa%2Fs%20s+w%25rd@mail.example").unwrap();
        let login = url.login.as_ref().unwrap();
        assert_eq!((login.user.as_str(), login.password.expose().as_str()), ("jane@example.com", "p:a/s s+w%rd"));
        assert_eq!(url.show(), "(secret)");
    }

    #[test]
    fn what_would_not_be_done_is_refused() {
        for raw in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://:25",
            "smtp:mail.example",
            "smtp://mail.example/x",
            "smtp://mail.example?tls=required",
            "smtp://mail.example#x",
            "smtp://mail example",
            "smtp://jane@mail.example",
            "smtp://jane:@mail.example",
            "smtp://:hunter2@mail.example",
            "smtp://jane:%ff@mail.example",
            "smtp://mail.example:99999",
        ] {
            assert!(read(raw).is_none(), "{raw:?}");
        }
    }

    #[test]
    fn loopback_is_told_by_the_host_alone() {
        for (raw, loopback) in [
            ("smtp://localhost", true),
            ("smtp://LOCALHOST:25", true),
            ("smtp://127.9.9.9", true),
            ("smtp://[::1]", true),
            ("smtp://localhost.example", false),
            ("smtp://localhost@mail.example", false),
            ("smtp://10.0.0.1", false),
        ] {
            assert_eq!(read(raw).is_some_and(|url| url.is_loopback()), loopback, "{raw}");
        }
    }
}

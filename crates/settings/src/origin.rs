//! Web origins.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use config::ValueKind;
use url::{Host, Url};

use crate::setting::{Setting, text};

/// A web origin (RFC 6454) over http or https, written as browsers write it: lower case, without the usual port and
/// without a slash at the end. So it can be compared with an `Origin` header byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// Reads an origin: scheme, host and perhaps a port, nothing else. A slash at the end is forgiven.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let url = Url::parse(raw.trim()).ok()?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.host_str().is_some_and(|host| !host.contains('*'));
        bare.then_some(Self(url))
    }

    /// The origin of a server that listens there in plain http, as this machine reaches it.
    pub(crate) fn of_listener(bound: SocketAddr) -> Self {
        Self::parse(&format!("http://{}", reachable(bound))).expect("an address and a port make an origin")
    }

    /// The origin without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether what is sent to it is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is this machine, so that nothing leaves it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

/// Where this machine reaches a server that listens there: on itself if it listens everywhere.
#[must_use]
pub fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

impl Setting for Origin {
    fn expected() -> String {
        "an origin, such as https://login.example.com, without a path".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        Self::parse(text(value)?)
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn is_written_as_browsers_write_it() {
        for (raw, written) in [
            ("HTTPS://Login.Example.com:443/", "https://login.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(Origin::parse(raw).unwrap().as_str(), written);
        }
    }

    #[test]
    fn is_nothing_but_scheme_host_and_port() {
        for raw in [
            "*",
            "null",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://example.com/login",
            "https://example.com?a",
            "https://example.com#a",
            "https://jane@example.com",
            "https://*",
            "https://*.example.com",
            "",
        ] {
            assert_eq!(Origin::parse(raw), None, "{raw:?}");
        }
    }

    #[test]
    fn loopback_is_told_by_the_host_alone() {
        for raw in ["http://localhost:3000", "http://a.localhost", "http://127.9.9.9", "http://[::1]:1"] {
            assert!(Origin::parse(raw).unwrap().is_loopback(), "{raw}");
        }
        for raw in ["http://localhost.example", "http://10.0.0.1", "http://127.0.0.1.example"] {
            assert!(!Origin::parse(raw).unwrap().is_loopback(), "{raw}");
        }
    }
}

//! `[http]`: where the server listens and how browsers reach it.

use std::{net::SocketAddr, time::Duration};

use ipnet::IpNet;
use validator::Validate;

use crate::{Origin, section::Section, setting::named_setting};

/// Where the server listens and how browsers reach it.
#[derive(Clone, Debug, Validate)]
pub struct Http {
    /// Where it listens. Port 0 means any that is free.
    pub address: SocketAddr,
    /// How browsers reach it, if that is not the address itself. Use [`Http::public_url`].
    public_url: Option<Origin>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Other origins whose pages may call with cookies.
    pub cors_origins: Vec<Origin>,
    /// Which requests browsers send the cookies with.
    pub cookie_same_site: SameSite,
    /// The most connections of clients.
    #[validate(range(min = 16, max = 1_000_000, message = "must be from 16 to 1000000"))]
    pub max_connections: u32,
    /// How long the server goes on serving when it is asked to stop and says that it is not ready.
    pub drain: Duration,
}

/// Which requests browsers send a cookie with (RFC 6265bis §5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Those from pages of the same site.
    Strict,
    /// Those, and links from anywhere.
    Lax,
    /// All.
    None,
}

named_setting!(SameSite { "strict" => Strict, "lax" => Lax, "none" => None });

impl Http {
    const DRAIN_MAX: Duration = Duration::from_mins(5);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let http = Self {
            address: from.get("address"),
            public_url: from.get("public_url"),
            trusted_proxies: from.get("trusted_proxies"),
            cors_origins: from.get("cors_origins"),
            cookie_same_site: from.get("cookie_same_site"),
            max_connections: from.get("max_connections"),
            drain: from.get("drain"),
        };
        from.validate(&http);
        from.require(http.drain <= Self::DRAIN_MAX, "drain", "must be at most 5m");
        let reached_by = http.public_url(http.address);
        if !from.development && !reached_by.is_https() && !reached_by.is_loopback() {
            from.refuse("public_url", "must begin with https:// outside development");
        }
        if !from.development && http.public_url.is_none() && http.address.ip().is_unspecified() {
            from.refuse("public_url", "must be the https:// origin that browsers use, because http.address tells none");
        }
        if http.cookie_same_site == SameSite::None && !reached_by.is_https() {
            from.refuse("cookie_same_site", "must be strict or lax while http.public_url is not https");
        }
        http
    }

    /// The origin that browsers use: the configured one, else that of the address which the server was bound to.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> Origin {
        self.public_url.clone().unwrap_or_else(|| Origin::of_listener(bound))
    }
}

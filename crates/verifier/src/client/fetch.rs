//! What is asked of the server, and how little it is trusted meanwhile.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AGE, CACHE_CONTROL, HeaderMap, HeaderName},
    redirect::Policy,
};
use thiserror::Error;

/// Why an answer could not be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No connection, no complete answer, or not in time.
    #[error("the server could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// Another status than 200. Redirects are not followed.
    #[error("the server answered {0}")]
    Status(u16),
    /// More bytes than such an answer has.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// Why an address is none to fetch keys from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// No absolute URL.
    #[error("it is no URL")]
    Malformed,
    /// It names a user, a query or a fragment, or another scheme than https and http.
    #[error("it must be https:// with a host, and perhaps a port and a path")]
    Parts,
    /// Whoever is on the way could hand out keys of their own.
    #[error("http:// is only for this machine, unless `insecure_http` says otherwise")]
    Insecure,
}

/// An answer.
pub(super) struct Fetched {
    pub(super) body: Vec<u8>,
    /// For how long it may be kept, where the server says so.
    pub(super) max_age: Option<Duration>,
}

/// Asks one server.
pub(super) struct Fetcher {
    client: Client,
    /// Without a slash at the end.
    server: String,
}

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

impl Fetcher {
    pub(super) fn new(server: &str, insecure_http: bool) -> Result<Self, AddressError> {
        let url = Url::parse(server).map_err(|_| AddressError::Malformed)?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() || !matches!(url.scheme(), "https" | "http") {
            return Err(AddressError::Parts);
        }
        let is_plain = url.scheme() == "http";
        if is_plain && !insecure_http && !is_this_machine(&url) {
            return Err(AddressError::Insecure);
        }
        let mut client = Client::builder()
            .user_agent(concat!("doorward-verifier/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .https_only(!is_plain);
        if is_plain {
            // A proxy would see and could change what this machine says to itself.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| AddressError::Malformed)?;
        Ok(Self { client, server: server.trim_end_matches('/').to_owned() })
    }

    /// Where the server is, without a slash at the end.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// The answer to `GET`, if it is complete within `timeout` and no longer than `limit` bytes.
    pub(super) async fn get(
        &self,
        path: &str,
        headers: HeaderMap,
        timeout: Duration,
        limit: usize,
    ) -> Result<Fetched, FetchError> {
        let request = self.client.get(format!("{}{path}", self.server)).headers(headers).timeout(timeout);
        let mut response = request.send().await.map_err(FetchError::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(FetchError::Unreachable)? {
            if body.len() + chunk.len() > limit {
                return Err(FetchError::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { body, max_age: max_age(&response) })
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// What is left of `max-age` (RFC 9111 §5.2.2.1) after the caches on the way.
fn max_age(response: &Response) -> Option<Duration> {
    let text = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let mut directives = text(CACHE_CONTROL)?.split(',').map(str::trim);
    let seconds: u64 = directives.find_map(|directive| directive.strip_prefix("max-age=")?.parse().ok())?;
    let age = text(AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
    Some(Duration::from_secs(seconds.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use super::{AddressError, Fetcher};

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for server in ["http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:80", "http://localhost/"] {
            assert!(Fetcher::new(server, false).is_ok(), "{server}");
        }
        for server in ["http://auth.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[::2]"] {
            assert_eq!(Fetcher::new(server, false).err(), Some(AddressError::Insecure), "{server}");
            assert!(Fetcher::new(server, true).is_ok(), "{server}");
        }
    }

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        assert!(Fetcher::new("https://auth.example.com/sso", false).is_ok());
        assert_eq!(Fetcher::new("auth.example.com", true).err(), Some(AddressError::Malformed));
        for server in ["ftp://a.example", "https://u@a.example", "https://a.example/?b=c", "https://a.example/#b"] {
            assert_eq!(Fetcher::new(server, true).err(), Some(AddressError::Parts), "{server}");
        }
    }
}

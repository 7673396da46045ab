//! `[tracing]`: where traces are sent.

use config::ValueKind;
use doorward_domain::Secret;
use url::Url;

use crate::{
    section::Section,
    setting::{Setting, text},
};

/// Where traces are sent, and which.
pub struct Tracing {
    /// The collector, if there is one.
    pub endpoint: Option<TracingEndpoint>,
    /// How many of the requests are traced.
    pub sample_ratio: SampleRatio,
    /// What the service is called in traces.
    pub service_name: String,
    /// What the collector wants to be told with each batch, such as a credential.
    pub headers: TracingHeaders,
}

impl Tracing {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let tracing = Self {
            endpoint: from.get("endpoint"),
            sample_ratio: from.get("sample_ratio"),
            service_name: from.get("service_name"),
            headers: from.get("headers"),
        };
        from.require(!tracing.service_name.trim().is_empty(), "service_name", "must not be empty");
        tracing
    }
}

/// The base URL of a collector that takes OTLP over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracingEndpoint(String);

impl TracingEndpoint {
    /// Where spans are posted.
    #[must_use]
    pub fn traces_url(&self) -> String {
        format!("{}/v1/traces", self.0)
    }
}

impl Setting for TracingEndpoint {
    fn expected() -> String {
        "an http:// or https:// URL without a credential, such as http://127.0.0.1:4318".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let raw = text(value)?.trim();
        let url = Url::parse(raw).ok()?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_base = url.query().is_none() && url.fragment().is_none() && url.has_host();
        let good = matches!(url.scheme(), "http" | "https") && is_plain && is_base;
        good.then(|| Self(raw.trim_end_matches('/').to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// A share of all, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleRatio(f64);

impl SampleRatio {
    /// The share.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Setting for SampleRatio {
    fn expected() -> String {
        "a number from 0 to 1, such as 0.1".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let ratio: f64 = match value {
            ValueKind::Float(ratio) => *ratio,
            ValueKind::I64(ratio) => f64::from(i32::try_from(*ratio).ok()?),
            other => text(other)?.trim().parse().ok()?,
        };
        (0.0..=1.0).contains(&ratio).then_some(Self(ratio))
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

/// Headers, of which each value may be a secret.
#[derive(Default)]
pub struct TracingHeaders(Vec<(String, Secret<String>)>);

impl TracingHeaders {
    /// Names and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.expose().as_str()))
    }
}

impl Setting for TracingHeaders {
    fn expected() -> String {
        "name=value, separated by commas, each value percent-encoded".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        let is_value = |value: &str| !value.is_empty() && value.bytes().all(|b| matches!(b, b' '..=b'~'));
        let header = |header: &str| {
            let (name, value) = header.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            (is_name(name) && is_value(value)).then(|| (name.to_owned(), Secret::from(value)))
        };
        let headers = text(value)?.split(',').filter(|header| !header.trim().is_empty());
        headers.map(header).collect::<Option<_>>().map(Self)
    }

    fn show(&self) -> String {
        "(secret)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::{SampleRatio, TracingEndpoint, TracingHeaders};
    use crate::setting::Setting;

    #[test]
    fn an_endpoint_is_a_url_that_a_path_can_follow() {
        let read = |url: &str| TracingEndpoint::read(&ValueKind::from(url)).map(|endpoint| endpoint.traces_url());
        assert_eq!(read("http://127.0.0.1:4318").as_deref(), Some("http://127.0.0.1:4318/v1/traces"));
        assert_eq!(read("https://otel.example/otlp/").as_deref(), Some("https://otel.example/otlp/v1/traces"));
        for url in ["127.0.0.1:4318", "grpc://a:4317", "http://a:b@c", "http://a/?b", "http://a/#b", "http://"] {
            assert_eq!(read(url), None, "{url}");
        }
    }

    #[test]
    fn a_ratio_is_from_nothing_to_all() {
        let read = |text: &str| SampleRatio::read(&ValueKind::from(text)).map(SampleRatio::get);
        assert_eq!(read("0.25"), Some(0.25));
        assert_eq!(SampleRatio::read(&ValueKind::from(1_i64)).map(SampleRatio::get), Some(1.0));
        for text in ["", "-0.1", "1.1", "NaN", "inf", "half"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn headers_are_names_with_values_that_can_be_sent_and_are_never_shown() {
        let read = |text: &str| TracingHeaders::read(&ValueKind::from(text));
        let headers = read("Authorization=Basic%20YTpi, X-Scope-OrgID=1").unwrap();
        let pairs: Vec<_> = headers.pairs().collect();
        assert_eq!(pairs, [("Authorization", "Basic%20YTpi"), ("X-Scope-OrgID", "1")]);
        assert_eq!(headers.show(), "(secret)");
        assert_eq!(read("").unwrap().pairs().count(), 0);
        for text in ["Authorization", "=a", "a b=c", "a=", "a=b\nc"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}

//! What the server answered, and what every answer must be.

use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName},
};
use serde_json::Value;

/// An answer of the server. Every answer is checked for what no answer may lack.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the body is UTF-8");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Self { status, headers, text, body };
        answer.check();
        answer
    }

    /// What every answer must be, whatever the test was about.
    fn check(&self) {
        assert!(self.headers.contains_key("x-request-id"), "no X-Request-Id: {self:?}");
        assert_ne!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{self:?}");
        for secret in ["$argon2id", "SELECT ", "sqlx::", "password_hash", "panicked"] {
            assert!(!self.text.contains(secret) || self.text.contains("\"openapi\""), "{secret} in {self:?}");
        }
        let is_error = self.status.is_client_error() || self.status.is_server_error();
        if is_error && self.header("content-type").starts_with("text/html") {
            assert!(self.header("content-security-policy").contains("script-src 'self'"), "{self:?}");
        } else if is_error {
            assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
            assert_eq!(self.body["success"], false, "{self:?}");
            assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
            for member in ["type", "title", "message", "code", "requestId"] {
                assert!(self.body[member].is_string(), "no {member}: {self:?}");
            }
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(self.header("retry-after").parse::<u32>().is_ok(), "{self:?}");
        }
        if self.status == StatusCode::UNAUTHORIZED {
            assert!(self.header("www-authenticate").starts_with("Bearer"), "{self:?}");
        }
    }

    /// Asserts a success and gives its body.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.body["success"], true, "{self:?}");
        self.body
    }

    /// Asserts an error of this code and gives its body.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        self.body
    }

    /// The fields that a 422 names.
    #[track_caller]
    pub(crate) fn invalid_fields(self) -> Vec<(String, String)> {
        let body = self.problem(422, "validation_failed");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let errors = body["errors"].as_array().expect("errors");
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The `Set-Cookie` lines.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("ASCII").to_owned()).collect()
    }

    /// The cookies that were set, as a client would send them back.
    pub(crate) fn cookie_jar(&self) -> String {
        let pairs = self.cookies();
        pairs.iter().filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
    }
}

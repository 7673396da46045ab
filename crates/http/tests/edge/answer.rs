//! An answer, and what every answer must be.

use std::sync::LazyLock;

use actix_web::http::{
    Method,
    header::{self, HeaderMap, HeaderValue},
};
use doorward_http::{
    Code,
    routes::{Row, pages, table},
};
use serde_json::Value;

use crate::schema;

pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&doorward_http::openapi()).expect("the document is JSON"));

/// An answer that is what every answer must be.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The body, if it is JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, body }
    }

    /// The answer, which has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The answer, which is this problem.
    #[track_caller]
    pub(crate) fn refused(self, code: Code) -> Self {
        assert_eq!(self.body["code"], code.as_str(), "{}", self.text);
        assert_eq!(self.body["message"], code.message());
        self.expect(code.status().as_u16())
    }

    /// The fields that were refused, each with its code, in the order of their names.
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array().expect("a list of errors");
        let mut fields = Vec::new();
        for error in errors {
            fields.push((error["field"].as_str().expect("a field"), error["code"].as_str().expect("a code")));
        }
        fields.sort_unstable();
        fields
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// The cookies that it sets.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).map(|value| value.to_str().expect("a text")).collect()
    }

    /// What holds for every answer, whatever a test is about.
    #[track_caller]
    pub(crate) fn check(&self, method: &str, path: &str, asks_for_page: bool, public_url: &str) {
        let id = self.header("x-request-id").expect("every answer has an id");
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert!(self.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
        assert_eq!(self.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(self.header("cross-origin-resource-policy"), Some("same-origin"));
        assert!(self.header("referrer-policy").is_some());
        let may_be_kept =
            ["/docs/", "/.well-known/", "/assets/", "/auth/revocations"].iter().any(|folder| path.starts_with(folder));
        if self.status >= 400 || !may_be_kept {
            assert_eq!(self.header("cache-control"), Some("no-store"), "{path}");
        }
        if self.status < 400 {
            if is_page(method, path, asks_for_page) {
                return;
            }
            let is_ours = path != "/.well-known/jwks.json" && path != "/openapi.json";
            if self.body.is_object() && is_ours {
                assert_eq!(self.body["success"], true, "{}", self.text);
            }
            let documented = &operation(method, path).unwrap_or(&Value::Null)["responses"][self.status.to_string()];
            if let Some(json) = documented["content"].get("application/json").filter(|_| method != "HEAD") {
                assert_eq!(schema::check(&json["schema"], &self.body), Ok(()), "{method} {path}: {}", self.text);
            }
            return;
        }
        assert_eq!(self.header("www-authenticate").is_some(), self.status == 401);
        assert_eq!(self.header("allow").is_some(), self.status == 405);
        assert_eq!(self.header("retry-after").is_some(), self.status == 503);
        if is_page(method, path, asks_for_page) {
            assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
            return;
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        if method == "HEAD" {
            return;
        }
        let code = self.body["code"].as_str().expect("an error has a code");
        let code = Code::ALL.iter().find(|known| known.as_str() == code).expect("the code is known");
        assert_eq!(self.status, code.status().as_u16());
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.body["success"], false);
        assert_eq!(self.body["title"], code.title());
        assert_eq!(self.body["type"], format!("{public_url}/docs/errors#{}", code.as_str()));
        assert_eq!(self.body["requestId"], id);
        let known = ["type", "title", "status", "detail", "success", "message", "code", "errors", "requestId"];
        assert!(self.body.as_object().expect("an object").keys().all(|key| known.contains(&key.as_str())));
        if let Some(operation) = operation(method, path) {
            let documented = &operation["responses"][self.status.to_string()]["content"];
            let example = &documented["application/problem+json"]["examples"][code.as_str()];
            assert!(example.is_object(), "{method} {path} does not document {}", code.as_str());
        }
    }
}

/// Whether a path's answers are pages: as its routes say, and where there are both or none, as it is asked for.
fn is_page(method: &str, path: &str, asks_for_page: bool) -> bool {
    let served = if method == "HEAD" { "GET" } else { method };
    // Of several patterns that a path is one of, the first serves it.
    let pattern = table().into_iter().chain(pages()).map(|row| row.path).find(|pattern| matches(pattern, path));
    let any = |rows: Vec<Row>| rows.iter().any(|row| row.method.as_str() == served && Some(row.path) == pattern);
    match (any(table()), any(pages())) {
        (true, false) => false,
        (false, true) => true,
        (true, true) | (false, false) => asks_for_page && !path.starts_with("/auth/"),
    }
}

/// Whether a request asks for a page, as a browser does that goes somewhere or sends a form.
pub(crate) fn asks_for_page(method: &Method, headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_ascii_lowercase();
    let says = |name, word| headers.get_all(name).any(|value| text(value).contains(word));
    if method.is_safe() {
        let names_html = says(header::ACCEPT, "text/html") && !says(header::ACCEPT, "application/json");
        names_html && !headers.contains_key(header::AUTHORIZATION)
    } else {
        let is_browser = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
        is_browser && says(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }
}

/// Whether a path is one of this pattern.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern.iter().zip(&path).all(|(p, s)| p == s || (p.starts_with('{') && is_written_once(s)))
}

/// Whether there is no other way to write this part of a path.
fn is_written_once(segment: &str) -> bool {
    !["", ".", ".."].contains(&segment) && !segment.contains(['%', '\\', ';'])
}

/// What the OpenAPI document says of this route, if there is one.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object()?;
    let exact = paths.get(path);
    let item = exact.or_else(|| paths.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, item)| item))?;
    item.get(method.to_lowercase())
}

/// Every route: its method, its path and whether it is for signed-in users alone.
pub(crate) fn routes() -> Vec<(String, String, bool)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, operation)| (method, path, operation))
    });
    operations
        .map(|(method, path, operation)| (method.to_uppercase(), path.clone(), operation["security"].is_array()))
        .collect()
}

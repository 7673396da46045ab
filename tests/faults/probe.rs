//! One of everything that somebody may ask for, again and again.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Node, PASSWORD, Person};

/// What was answered, and how long it took.
#[derive(Debug)]
pub(crate) struct Probed {
    pub(crate) what: &'static str,
    pub(crate) status: u16,
    pub(crate) took: Duration,
    retry_after: bool,
    body: Value,
}

impl Probed {
    /// Refused for now, as a client can make something of: with the time after which to try again.
    pub(crate) fn is_put_off(&self) -> bool {
        let code = &self.body["code"];
        self.status == 503 && self.retry_after && (code == "unavailable" || code == "overloaded")
    }

    pub(crate) const fn is_done(&self) -> bool {
        matches!(self.status, 200..300)
    }
}

/// Sends a request, which must be answered, well or not.
pub(crate) async fn probe(what: &'static str, request: RequestBuilder) -> Probed {
    let begun = Instant::now();
    // Longer than anything is promised to take; what hangs is named.
    let response = request.timeout(Duration::from_mins(1)).send().await;
    let response = response.unwrap_or_else(|error| panic!("{what}: {error:?} after {:?}", begun.elapsed()));
    let (status, retry_after) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    let body = response.bytes().await.expect("a body");
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Probed { what, status, took: begun.elapsed(), retry_after, body }
}

/// Everything that needs the database: reading it, writing it, and what has something to do with passwords. The tokens are
/// of somebody whom the node has not let in yet, so that it cannot answer from what it remembers.
pub(crate) fn everything(node: &Node, stranger: &Person, number: usize) -> Vec<(&'static str, RequestBuilder)> {
    let post = |path, body: &Value| node.request(Method::POST, path).json(body);
    let by = |method, path| node.request(method, path).bearer_auth(&stranger.access);
    let new = format!("new{number}@example.com");
    vec![
        ("who am I", by(Method::GET, "/auth/me")),
        ("my sessions", by(Method::GET, "/auth/sessions")),
        ("a change", by(Method::PATCH, "/auth/me").json(&json!({ "firstName": "Joan" }))),
        ("a refresh", post("/auth/refresh", &json!({ "refreshToken": stranger.refresh }))),
        ("a sign-in", post("/auth/login", &json!({ "email": "jane@example.com", "password": PASSWORD }))),
        ("a wrong password", post("/auth/login", &json!({ "email": "jane@example.com", "password": "not the one" }))),
        (
            "a sign-up",
            post(
                "/auth/register",
                &json!({ "email": new, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" }),
            ),
        ),
        ("a forgotten password", post("/auth/forgot-password", &json!({ "email": "jane@example.com" }))),
        ("readiness", node.request(Method::GET, "/health/ready")),
    ]
}

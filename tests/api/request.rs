//! Requests to the server.

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::answer::Answer;

/// A request on its way.
pub(crate) struct Request {
    inner: RequestBuilder,
    origin: String,
}

impl Request {
    /// A request to a server that is called so.
    pub(crate) const fn new(inner: RequestBuilder, origin: String) -> Self {
        Self { inner, origin }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.inner = self.inner.header(name, value);
        self
    }

    /// A header that need not be ASCII.
    pub(crate) fn header_value(mut self, name: &str, value: reqwest::header::HeaderValue) -> Self {
        self.inner = self.inner.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// As a page of the server itself sends it.
    pub(crate) fn same_origin(self) -> Self {
        let origin = self.origin.clone();
        self.header("origin", &origin)
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.inner = self.inner.json(body);
        self
    }

    pub(crate) fn bytes(mut self, body: Vec<u8>) -> Self {
        self.inner = self.inner.body(body);
        self
    }

    /// Sends it, and leaves the answer's body to be read as it comes.
    pub(crate) async fn open(self) -> reqwest::Response {
        self.inner.send().await.expect("an answer")
    }

    pub(crate) async fn send(self) -> Answer {
        Answer::read(self.inner.send().await.expect("the server answers")).await
    }
}

//! Who asks, and what is answered.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde_json::Value;

/// The password of everyone.
pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

/// What everyone asks with. It gives up an idle connection before the other side does.
pub(super) fn client() -> Client {
    let client = Client::builder().no_proxy().redirect(Policy::none()).pool_idle_timeout(Duration::from_mins(1));
    client.build().expect("a client")
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Person {
    pub(crate) fn of(body: &Value) -> Self {
        let token = |name: &str| body["tokens"][name].as_str().expect("a token").to_owned();
        Self { access: token("accessToken"), refresh: token("refreshToken") }
    }

    /// What the access token says.
    pub(crate) fn claim(&self, name: &str) -> String {
        self.part(1)[name].as_str().expect("a text").to_owned()
    }

    /// The key that signed the access token.
    pub(crate) fn kid(&self) -> String {
        self.part(0)["kid"].as_str().expect("a text").to_owned()
    }

    fn part(&self, index: usize) -> Value {
        let part = self.access.split('.').nth(index).expect("three parts");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        Self::try_of(request).await.expect("an answer")
    }

    /// Nothing, if the connection failed.
    pub(crate) async fn try_of(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        Ok(Self { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// The status, and the code of a failure.
    pub(crate) fn outcome(&self) -> String {
        format!("{} {}", self.status, self.body["code"].as_str().unwrap_or_default()).trim_end().to_owned()
    }
}

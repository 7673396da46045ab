//! A test server, its second address, and somebody who talks to both.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, OnceLock},
};

use doorward_test::control;
use doorward_testkit::server::{TestServer, TestServerBuilder};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// An answer: its status, and its body as JSON.
pub(crate) type Answer = (u16, Value);

/// A server, controlled over HTTP.
pub(crate) struct Stage {
    pub(crate) server: Arc<TestServer>,
    control: String,
    client: Client,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::of(TestServer::builder()).await
    }

    pub(crate) async fn of(builder: TestServerBuilder) -> Self {
        let server = Arc::new(builder.start().await.expect("it starts"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let control = format!("http://{}{}", listener.local_addr().expect("an address"), control::PREFIX);
        tokio::spawn(control::serve(listener, Arc::clone(&server)).expect("it listens"));
        Self { server, control, client: Client::new() }
    }

    /// A request to the server itself.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().expect("a method"), format!("{}{path}", self.server.url()))
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("POST", path).json(body)).await
    }

    /// The status of a question who is asking.
    pub(crate) async fn me(&self, access: &str) -> u16 {
        self.request("GET", "/auth/me").bearer_auth(access).send().await.expect("an answer").status().as_u16()
    }

    /// Whoever is signed up, with their tokens.
    pub(crate) async fn sign_up(&self, email: &str) -> (String, String) {
        let person = json!({ "email": email, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" });
        let (status, body) = self.post("/auth/register", &person).await;
        assert_eq!(status, 201, "{body}");
        tokens(&body)
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", &json!({ "email": email, "password": password })).await
    }

    /// A request to the second address.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.control));
        answer(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    pub(crate) async fn order(&self, path: &str, body: &Value) -> Value {
        let (status, body) = self.control(Method::POST, path, Some(body)).await;
        assert!((200..300).contains(&status), "{status} {body}");
        body
    }

    pub(crate) async fn look(&self, path: &str) -> Value {
        let (status, body) = self.control(Method::GET, path, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(crate) async fn keep(&self, name: &str) {
        let (status, body) = self.control(Method::PUT, &format!("/snapshots/{name}"), None).await;
        assert_eq!(status, 204, "{body}");
    }

    pub(crate) async fn restore(&self, name: &str) {
        self.order(&format!("/snapshots/{name}/restore"), &Value::Null).await;
    }
}

pub(crate) use doorward_testkit::server::PASSWORD;

/// The access and the refresh token of an answer.
pub(crate) fn tokens(body: &Value) -> (String, String) {
    let text = |name: &str| body["tokens"][name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned();
    (text("accessToken"), text("refreshToken"))
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A binary of the workspace, built if it is not there.
pub(crate) fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            // As `make test` builds them, so that nothing is built twice.
            .args(["build", "--quiet", "--workspace", "--bins"])
            .status()
            .expect("cargo runs");
        assert!(built.success(), "`cargo build --workspace --bins` failed");
        let this = std::env::current_exe().expect("this program has a path");
        this.parent().and_then(Path::parent).expect("a target folder").to_owned()
    });
    folder.join(name)
}

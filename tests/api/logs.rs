//! What the log says, and what it never says.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{Database::*, PASSWORD, TestApp, person, test_settings};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn every_line_names_its_request_and_none_a_secret() {
    let log = Log::default();
    let settings = test_settings("sqlite://unused.db", &[("LOG__FORMAT", "json"), ("LOG__LEVEL", "trace")]);
    let subscriber = doorward::telemetry::subscriber(&settings.log, false, log.clone());
    // The server's workers are threads of their own: the subscriber must be everyone's.
    tracing::subscriber::set_global_default(subscriber).expect("no other test of this process logs");
    let app = TestApp::start(Sqlite).await;
    let jane = app.sign_up("jane@example.com").await;
    let login = json!({ "email": "jane@example.com", "password": PASSWORD, "useCookies": true });
    let jar = app.request("POST", "/auth/login").same_origin().json(&login).send().await.cookie_jar();
    app.request("GET", "/auth/me").header("cookie", &jar).header("x-request-id", "mine-1").send().await.ok(200);
    app.refresh(&jane.refresh).await.ok(200);
    let wrong = json!({ "email": "jane@example.com", "password": "wrong but secret" });
    app.post("/auth/login", &wrong).await.problem(401, "invalid_credentials");
    app.post_text("/auth/login", "{\"password\":\"broken but secret").await.problem(400, "malformed_json");
    app.post("/auth/register", &person("jane@example.com")).await.problem(400, "user_already_exists");
    app.sql("DROP TABLE sessions").await;
    app.me(&jane.access).await.problem(503, "unavailable");

    let text = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let request_ids = |line: &Value| -> Vec<String> {
        let spans = line["spans"].as_array().cloned().unwrap_or_default();
        spans.iter().filter_map(|span| span["request_id"].as_str().map(str::to_owned)).collect()
    };
    assert!(lines.iter().any(|line| request_ids(line) == ["mine-1"]), "{text}");
    let of_a_request =
        |line: &&Value| line["target"].as_str().is_some_and(|target| target.starts_with("doorward_http"));
    let of_requests: Vec<_> = lines.iter().filter(of_a_request).collect();
    assert!(of_requests.len() >= 8, "{text}");
    for line in of_requests {
        assert_eq!(request_ids(line).len(), 1, "{line}");
    }
    let hash = app.hash_of("jane@example.com").await;
    let cookie = jar.split("refresh_token=").nth(1).expect("a cookie").split(';').next().expect("a value");
    for secret in [
        PASSWORD,
        "wrong but secret",
        "broken but secret",
        &jane.access,
        &jane.refresh,
        cookie,
        &hash,
        "jane@example.com",
    ] {
        assert!(!text.contains(secret), "the log holds {secret}");
    }
}

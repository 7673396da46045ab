//! What is logged of a request, and at which level.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::test::TestRequest;
use doorward_application::ports::StoreError;
use serde_json::{Value, json};
use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    failures::Broken,
    harness::{OURS, PASSWORD, TestEdge},
};

/// What is logged while it lives, from a level on.
struct Log {
    text: Text,
    _in_charge: DefaultGuard,
}

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn from(level: Level) -> Self {
        let text = Text::default();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(level);
        let in_charge = tracing::subscriber::set_default(subscriber.with_writer(text.clone()).finish());
        Self { text, _in_charge: in_charge }
    }

    /// The lines that name a code.
    fn problems(&self) -> Vec<Value> {
        let text = String::from_utf8(self.text.0.lock().expect("not poisoned").clone()).expect("UTF-8");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
        lines.filter(|line| line["code"].is_string()).collect()
    }
}

impl MakeWriter<'_> for Text {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn from(request: TestRequest) -> TestRequest {
    request.peer_addr(([192, 0, 2, 7], 4711).into())
}

#[actix_web::test]
async fn a_failure_names_its_request_however_little_is_logged() {
    let mut edge = TestEdge::new();
    edge.broken_store = Some(Arc::new(Broken(|| StoreError::new("gone"))));
    let log = Log::from(Level::ERROR);
    let ready = TestRequest::get().uri("/health/ready").insert_header(("x-request-id", "mine-1"));
    edge.call(ready).await.expect(503);
    let lines = log.problems();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["message"], &lines[0]["code"]), (&json!("the request failed"), &json!("unavailable")));
    assert_eq!(lines[0]["spans"][0]["request_id"], "mine-1", "{}", lines[0]);
}

#[actix_web::test]
async fn a_refused_sign_in_is_logged_with_where_it_came_from_and_without_what_was_typed() {
    let edge = TestEdge::new();
    edge.jane().await;
    let log = Log::from(Level::INFO);
    let log_in = |name: &str, password: &str| {
        from(TestRequest::post().uri("/auth/login")).set_json(json!({"username": name, "password": password}))
    };
    edge.call(log_in("jane", "wrong but secret")).await.expect(401);
    edge.call(log_in("nobody-of-ours", PASSWORD)).await.expect(401);
    edge.deactivate("Jane@Example.com").await;
    edge.call(log_in("jane", PASSWORD)).await.expect(403);
    let foreign = from(TestRequest::post().uri("/auth/logout")).insert_header(("cookie", "token=x"));
    edge.call(foreign).await.expect(403);
    let lines = log.problems();
    let codes: Vec<_> = lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["invalid_credentials", "invalid_credentials", "account_deactivated", "csrf_rejected"]);
    for line in lines {
        assert_eq!((&line["level"], &line["client"]), (&json!("INFO"), &json!("192.0.2.7")));
        let text = line.to_string().to_lowercase();
        assert!(["jane", "nobody-of-ours", "secret", PASSWORD].iter().all(|typed| !text.contains(typed)), "{text}");
    }
}

#[actix_web::test]
async fn who_is_refused_what_administrators_may_is_logged() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let log = Log::from(Level::INFO);
    edge.call(from(jane.get("/auth/admin/users"))).await.expect(403);
    let lines = log.problems();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["code"], &lines[0]["client"]), (&json!("forbidden"), &json!("192.0.2.7")), "{}", lines[0]);
}

#[actix_web::test]
async fn a_token_used_twice_is_a_warning_that_names_its_session() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let log = Log::from(Level::WARN);
    let refresh = || from(TestRequest::post().uri("/auth/refresh")).insert_header(jane.cookies()).insert_header(OURS);
    edge.call(refresh()).await.expect(200);
    edge.clock.advance(Duration::from_mins(1));
    edge.call(refresh()).await.expect(401);
    let lines = log.problems();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["level"], &lines[0]["client"]), (&json!("WARN"), &json!("192.0.2.7")));
    assert!(lines[0]["cause"].as_str().unwrap().contains(&edge.store.sessions()[0].id.to_string()), "{}", lines[0]);
    assert!(!lines[0].to_string().contains(&jane.refresh));
}

#[actix_web::test]
async fn a_reused_refresh_token_is_told_of_where_a_page_brings_it_too() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(Duration::from_mins(11));
    let page = || TestRequest::get().uri("/account").insert_header(jane.cookies());
    edge.call(page()).await.expect(200);
    edge.clock.advance(Duration::from_secs(11));
    let log = Log::from(Level::WARN);
    edge.call(page()).await.expect(303);
    let problems = log.problems();
    assert_eq!((problems.len(), &problems[0]["code"]), (1, &json!("refresh_token_reused")), "{problems:?}");
}

//! Requests that are made to fail.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn the_next_requests_of_a_route_fail_as_doorward_does_and_no_others() {
    let stage = Stage::new().await;
    let (access, _) = stage.sign_up("jane@example.com").await;
    stage.order("/faults", &json!({ "path": "/auth/me", "status": 503, "times": 2, "retryAfter": 17 })).await;
    stage.order("/faults", &json!({ "path": "/auth/me", "method": "GET", "code": "access_token_expired" })).await;

    for _ in 0..2 {
        let response = stage.request("GET", "/auth/me").bearer_auth(&access).send().await.expect("an answer");
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "17");
        let id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let body: serde_json::Value = response.json().await.expect("JSON");
        assert_eq!((&body["code"], &body["requestId"]), (&json!("unavailable"), &json!(id)));
        assert_eq!(stage.request("GET", "/health/live").send().await.expect("an answer").status(), 200);
    }
    let response = stage.request("GET", "/auth/me").bearer_auth(&access).send().await.expect("an answer");
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
    assert_eq!(stage.me(&access).await, 200);
}

#[tokio::test]
async fn a_request_that_is_delayed_is_answered_after_that_and_as_ever() {
    let stage = Stage::new().await;
    let (access, _) = stage.sign_up("jane@example.com").await;
    stage.order("/faults", &json!({ "path": "/auth/*", "delay": "50ms" })).await;
    let begun = Instant::now();
    assert_eq!(stage.me(&access).await, 200);
    assert!(begun.elapsed() >= Duration::from_millis(50));
    assert_eq!(stage.look("/faults").await["faults"], json!([]));
}

#[tokio::test]
async fn faults_are_listed_cleared_and_gone_after_a_restore() {
    let stage = Stage::new().await;
    let (access, _) = stage.sign_up("jane@example.com").await;
    stage.keep("jane").await;
    let fault = json!({ "path": "/auth/me", "code": "session_ended", "times": 3 });
    stage.order("/faults", &fault).await;
    let listed = stage.look("/faults").await;
    assert_eq!((&listed["faults"][0]["times"], &listed["faults"][0]["code"]), (&json!(3), &json!("session_ended")));
    assert_eq!(stage.control(Method::DELETE, "/faults", None).await.0, 204);
    assert_eq!(stage.me(&access).await, 200);
    stage.order("/faults", &fault).await;
    assert_eq!(stage.me(&access).await, 401);
    stage.restore("jane").await;
    assert_eq!(stage.me(&access).await, 200);
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused() {
    let stage = Stage::new().await;
    for fault in [
        json!({ "path": "/auth/me" }),
        json!({ "path": "auth/me", "status": 503 }),
        json!({ "path": "/auth/me", "status": 418 }),
        json!({ "path": "/auth/me", "code": "gone_fishing" }),
        json!({ "path": "/auth/me", "status": 503, "code": "unavailable" }),
    ] {
        let (status, body) = stage.control(Method::POST, "/faults", Some(&fault)).await;
        assert_eq!(status, 422, "{fault}: {body}");
    }
}

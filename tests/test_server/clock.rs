//! Everything follows the clock.

use std::time::Duration;

use chrono::{DateTime, Utc};
use doorward_application::ports::Clock as _;
use doorward_infrastructure::clock::SystemClock;
use reqwest::Method;
use serde_json::json;

use crate::stage::{PASSWORD, Stage};

fn moment(body: &serde_json::Value) -> DateTime<Utc> {
    body["now"].as_str().expect("a moment").parse().expect("RFC 3339")
}

#[tokio::test]
async fn an_access_token_expires_when_the_clock_says_so() {
    let stage = Stage::new().await;
    let (access, refresh) = stage.sign_up("jane@example.com").await;
    assert_eq!(stage.me(&access).await, 200);
    stage.order("/clock", &json!({ "advance": "10m" })).await;
    assert_eq!(stage.me(&access).await, 401);
    assert_eq!(stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await.0, 200);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_when_the_clock_says_so() {
    let stage = Stage::new().await;
    let (_, refresh) = stage.sign_up("jane@example.com").await;
    stage.order("/clock", &json!({ "advance": "7d" })).await;
    let (status, body) = stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await;
    assert_eq!((status, &body["code"]), (401, &json!("invalid_refresh_token")));
}

#[tokio::test]
async fn the_link_of_a_mail_dies_when_the_clock_says_so() {
    let stage = Stage::new().await;
    stage.order("/users", &json!({ "email": "jane@example.com" })).await;
    for (wait, expected) in [("29m", 200), ("30m", 400)] {
        stage.post("/auth/forgot-password", &json!({ "email": "jane@example.com" })).await;
        let mail = stage.look("/mails/latest?to=jane@example.com&kind=reset_password").await;
        stage.order("/clock", &json!({ "advance": wait })).await;
        let reset = json!({ "token": mail["token"], "password": "another harbour at dusk" });
        assert_eq!(stage.post("/auth/reset-password", &reset).await.0, expected, "after {wait}");
    }
}

#[tokio::test]
async fn an_account_that_nobody_has_proven_goes_when_the_clock_says_so() {
    let stage = Stage::new().await;
    stage.sign_up("jane@example.com").await;
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 200);
    stage.order("/clock", &json!({ "advance": "7d" })).await;
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 401);
}

#[tokio::test]
async fn the_signing_key_changes_when_the_clock_says_so() {
    let stage = Stage::new().await;
    let keys = async || {
        let response = stage.request("GET", "/.well-known/jwks.json").send().await.expect("an answer");
        let body: serde_json::Value = response.json().await.expect("JSON");
        body["keys"].as_array().expect("keys").iter().map(|key| key["kid"].to_string()).collect::<Vec<_>>()
    };
    let first = keys().await;
    assert_eq!(first.len(), 1);
    // The next is published before the first has signed for long enough, and after it is gone the first goes too.
    stage.order("/clock", &json!({ "advance": "90d" })).await;
    let both = keys().await;
    assert!(both.len() == 2 && both.contains(&first[0]), "{both:?}");
    stage.order("/clock", &json!({ "advance": "1d" })).await;
    stage.order("/clock", &json!({ "advance": "1d" })).await;
    let after = keys().await;
    assert!(!after.contains(&first[0]), "{after:?}");
    // And who signs up then has a token that it signed.
    let (access, _) = stage.sign_up("jane@example.com").await;
    assert_eq!(stage.me(&access).await, 200);
}

#[tokio::test]
async fn the_clock_goes_on_by_itself_until_it_is_stopped() {
    let stage = Stage::new().await;
    let begun = moment(&stage.look("/clock").await);
    assert!((SystemClock.now() - begun).abs() < chrono::TimeDelta::hours(1), "it begins with the machine's");
    while moment(&stage.look("/clock").await) == begun {}

    let stopped = stage.order("/clock", &json!({ "running": false })).await;
    assert_eq!(stopped["running"], false);
    assert_eq!(stage.look("/clock").await, stopped);
    // What it tells is what doorward writes down.
    stage.sign_up("jane@example.com").await;
    assert_eq!(stage.look("/mails/latest").await["at"], stopped["now"]);

    let to = moment(&stopped) + Duration::from_hours(1);
    let set = stage.order("/clock", &json!({ "now": to.to_rfc3339(), "advance": "1s" })).await;
    assert_eq!((moment(&set), &set["running"]), (to + Duration::from_secs(1), &json!(false)));
}

#[tokio::test]
async fn the_clock_is_not_put_back_nor_to_a_moment_that_is_none() {
    let stage = Stage::new().await;
    let before = moment(&stage.look("/clock").await);
    for (change, status) in [
        (json!({ "now": "2001-01-01T00:00:00Z" }), 409),
        (json!({ "advance": "300000y" }), 409),
        (json!({ "now": "9999-12-31T23:59:59Z" }), 409),
        (json!({ "now": "yesterday" }), 422),
        (json!({ "advance": "-1m" }), 422),
        (json!({ "backwards": "1m" }), 422),
    ] {
        let (answered, body) = stage.control(Method::POST, "/clock", Some(&change)).await;
        assert_eq!(answered, status, "{change}: {body}");
        assert!(body["error"].is_string(), "{body}");
    }
    let after = moment(&stage.look("/clock").await);
    assert!(before <= after && after < before + Duration::from_hours(24));
    // As far as it goes, everything works.
    stage.order("/clock", &json!({ "now": "8999-12-31T00:00:00Z" })).await;
    let (access, _) = stage.sign_up("jane@example.com").await;
    assert_eq!(stage.me(&access).await, 200);
}

//! Limits on attempts.

use futures_util::future::join_all;
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp, person},
};

const TRUSTED: &[(&str, &str)] = &[("HTTP__TRUSTED_PROXIES", "127.0.0.1")];

fn credentials(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

/// Guesses at Jane's password from the `n`th address of many.
async fn guess(app: &TestApp, n: usize) -> Answer {
    let body = credentials("jane@example.com", "not the password");
    let from = format!("198.18.{}.{}", n / 250, n % 250);
    app.request("POST", "/auth/login").header("x-forwarded-for", &from).json(&body).send().await
}

/// The cookie that makes a browser known, as it sends it back.
fn device_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies
        .filter_map(|cookie| cookie.split(';').next())
        .find(|cookie| cookie.starts_with("device="))
        .map(str::to_owned)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_wrong_passwords_at_once_on_two_nodes_ten_are_compared(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, TRUSTED).await;
    app.sign_up("jane@example.com").await;
    let other = app.beside_with(TRUSTED).await;
    let guesses = (0..100).map(|n| guess(if n % 2 == 0 { &app } else { &other }, n));
    let statuses: Vec<_> = join_all(guesses).await.into_iter().map(|answer| answer.status).collect();
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(StatusCode::UNAUTHORIZED), count(StatusCode::TOO_MANY_REQUESTS)), (10, 90), "{statuses:?}");
}

#[rstest]
#[tokio::test]
async fn the_owner_signs_in_where_she_did_before_while_many_guess(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, TRUSTED).await;
    app.sign_up("jane@example.com").await;
    let sign_in = async |cookie: &str| {
        let request = app.request("POST", "/auth/login").same_origin().header("cookie", cookie);
        request.json(&credentials("jane@example.com", PASSWORD)).send().await
    };
    let cookie = device_cookie(&sign_in("").await).expect("a cookie");
    for n in 0..40 {
        guess(&app, n).await;
    }
    sign_in("").await.problem(429, "too_many_attempts");
    sign_in("device=AAAA").await.problem(429, "too_many_attempts");
    let signed_in = sign_in(&cookie).await;
    assert!(device_cookie(&signed_in).is_some());
    signed_in.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_refusal_says_when_to_come_back_and_then_it_goes_on(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    for n in 0..10 {
        guess(&app, n).await.problem(401, "invalid_credentials");
    }
    let refused = guess(&app, 10).await;
    // One address gets back one attempt in six minutes.
    assert_eq!(refused.header("retry-after"), "361");
    assert_eq!(refused.header("ratelimit"), "\"account-from-address\";r=0;t=361");
    assert_eq!(refused.header("ratelimit-policy"), "\"account-from-address\";q=10;w=3600");
    refused.problem(429, "too_many_attempts");
    app.log_in("jane@example.com").await.problem(429, "too_many_attempts");
    app.advance_secs(361);
    app.log_in("jane@example.com").await.ok(200);
}

#[tokio::test]
async fn who_only_says_to_come_from_elsewhere_is_not_believed() {
    let app = TestApp::start(Sqlite).await;
    app.sign_up("jane@example.com").await;
    for n in 0..10 {
        guess(&app, n).await.problem(401, "invalid_credentials");
    }
    let refused = guess(&app, 11).await;
    assert!(refused.header("ratelimit").starts_with("\"account-from-address\""), "{refused:?}");
}

#[tokio::test]
async fn a_name_without_an_account_is_refused_like_one_with_an_account() {
    let app = TestApp::start(Sqlite).await;
    app.sign_up("jane@example.com").await;
    let mut seen = Vec::new();
    for name in ["jane@example.com", "nobody@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..12 {
            let mut answer = app.post("/auth/login", &credentials(name, "not the password")).await;
            answer.body["requestId"].take();
            let headers: Vec<_> = ["retry-after", "ratelimit", "ratelimit-policy", "set-cookie", "content-length"]
                .map(|name| answer.headers.get(name).cloned())
                .into();
            answers.push((answer.status, headers, answer.body));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn only_a_page_of_ours_is_given_what_makes_a_browser_known() {
    let app = TestApp::start(Sqlite).await;
    let sign_up = app.post("/auth/register", &person("jane@example.com")).await;
    assert_eq!(device_cookie(&sign_up), None);
    let body = credentials("jane@example.com", PASSWORD);
    let sign_in = |origin: &'static str| {
        let request = app.request("POST", "/auth/login").json(&body);
        if origin.is_empty() { request.same_origin() } else { request.header("origin", origin) }
    };
    assert_eq!(device_cookie(&sign_in("https://evil.example").send().await), None);
    assert_eq!(device_cookie(&sign_in("null").send().await), None);
    let ours = sign_in("").send().await;
    let set = ours.header("set-cookie").to_owned();
    assert!(set.starts_with("device=") && set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    assert!(device_cookie(&ours).is_some_and(|cookie| cookie.len() < 200));
}

#[tokio::test]
async fn a_person_is_told_on_the_page_and_keeps_what_was_typed() {
    let app = TestApp::start(Sqlite).await;
    app.sign_up("jane@example.com").await;
    let post = || {
        let form =
            app.request("POST", "/login").same_origin().header("content-type", "application/x-www-form-urlencoded");
        form.bytes(b"email=jane%40example.com&password=wrong".to_vec()).send()
    };
    for _ in 0..10 {
        assert_eq!(post().await.status, StatusCode::UNAUTHORIZED);
    }
    let refused = post().await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.text.contains("Too many attempts"), "{refused:?}");
    assert!(refused.text.contains("jane@example.com") && refused.text.contains("/forgot-password"), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn what_was_counted_is_still_there_after_a_restart(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    for n in 0..10 {
        guess(&app, n).await.problem(401, "invalid_credentials");
    }
    let app = app.restart_with(&[]).await;
    app.log_in("jane@example.com").await.problem(429, "too_many_attempts");
}

#[tokio::test]
async fn nothing_is_limited_where_nothing_is_to_be() {
    let app = TestApp::start_with(Sqlite, &[("THROTTLE__ENABLED", "false")]).await;
    app.sign_up("jane@example.com").await;
    for n in 0..30 {
        guess(&app, n).await.problem(401, "invalid_credentials");
    }
    app.log_in("jane@example.com").await.ok(200);
}

//! Refresh (seed 002) and detection of reuse (RFC 9700 §4.14.2).

use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, TestApp},
    jwt::{claims, tokens},
};

#[rstest]
#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.advance_secs(60);
    let body = app.refresh(&jane.refresh).await.ok(200);
    assert_eq!(body["tokens"]["expiresIn"], 600);
    assert_eq!(body["tokens"]["refreshExpiresIn"], 604_800);
    assert!(body.get("user").is_none());
    let (access, refresh) = tokens(&body);
    assert_ne!(refresh, jane.refresh);
    assert_eq!(claims(&access)["sid"], claims(&jane.access)["sid"]);
    assert_ne!(claims(&access)["jti"], claims(&jane.access)["jti"]);
    app.me(&access).await.ok(200);
    // Two tabs: the earlier access token lives to its expiry.
    app.me(&jane.access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_lost_answer_retried_within_the_grace_gets_the_same_bytes(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let first = app.refresh(&jane.refresh).await.ok(200);
    for _ in 0..3 {
        app.advance_secs(3);
        let again = app.refresh(&jane.refresh).await.ok(200);
        assert_eq!(again["tokens"]["refreshToken"], first["tokens"]["refreshToken"]);
        app.me(again["tokens"]["accessToken"].as_str().unwrap()).await.ok(200);
    }
    // The grace counts from the rotation; the retries did not extend it.
    app.advance_secs(2);
    app.refresh(&jane.refresh).await.problem(401, "refresh_token_reused");
}

#[rstest]
#[tokio::test]
async fn a_reused_refresh_token_revokes_its_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let (access, refresh) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    app.advance_secs(11);
    app.refresh(&jane.refresh).await.problem(401, "refresh_token_reused");
    for token in [&jane.access, &access] {
        app.me(token).await.problem(401, "session_ended");
    }
    app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_token_two_generations_old_is_reuse_even_within_the_grace(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let (_, second) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    let (_, third) = tokens(&app.refresh(&second).await.ok(200));
    app.refresh(&jane.refresh).await.problem(401, "refresh_token_reused");
    app.refresh(&third).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_generation_the_server_has_not_reached_ends_the_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let (access, second) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    // As after a backup was restored.
    app.sql("UPDATE sessions SET generation = 0").await;
    app.refresh(&second).await.problem(401, "invalid_refresh_token");
    app.me(&access).await.problem(401, "session_ended");
}

#[rstest]
#[tokio::test]
async fn garbage_is_no_refresh_token(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let flipped = {
        let mut bytes = jane.refresh.clone().into_bytes();
        let at = bytes.len() / 2;
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let cut = jane.refresh[..jane.refresh.len() - 1].to_owned();
    let long = "x".repeat(10_000);
    for token in ["x", &flipped, &cut, &format!("{}=", jane.refresh), &jane.access, &long, "\u{0}", "…"] {
        app.refresh(token).await.problem(401, "invalid_refresh_token");
    }
    app.post("/auth/refresh", &json!({})).await.problem(401, "invalid_refresh_token");
    app.refresh(&jane.refresh).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_session_ends_when_it_idles(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.advance_secs(7 * 86_400 - 1);
    let (_, second) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    app.advance_secs(7 * 86_400);
    app.refresh(&second).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn rotation_never_extends_the_absolute_end(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut refresh = app.sign_up("jane@example.com").await.refresh;
    for _ in 0..4 {
        app.advance_secs(6 * 86_400);
        refresh = tokens(&app.refresh(&refresh).await.ok(200)).1;
    }
    // Day 24. What is left of the thirty days is less than what an idle session would have.
    app.advance_secs(5 * 86_400);
    let body = app.refresh(&refresh).await.ok(200);
    assert_eq!(body["tokens"]["refreshExpiresIn"], 86_400);
    let (_, refresh) = tokens(&body);
    app.advance_secs(86_400);
    app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_refresh_says_what_is_true_of_the_user_now(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.sql("UPDATE users SET epoch = epoch + 1, last_name = 'Roe'").await;
    app.me(&jane.access).await.problem(401, "stale_claims");
    let (access, _) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    assert_eq!(claims(&access)["name"], "Jane Roe");
    app.me(&access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_restart_changes_no_token(#[values(Sqlite, Postgres)] on: Database) {
    // The issuer is the origin, which stays the same though the port does not.
    let settings = &[("HTTP__PUBLIC_URL", "https://auth.example.com")];
    let app = TestApp::start_with(on, settings).await;
    let jane = app.sign_up("jane@example.com").await;
    let first = app.refresh(&jane.refresh).await.ok(200);
    let app = app.restart_with(settings).await;
    let again = app.refresh(&jane.refresh).await.ok(200);
    assert_eq!(again["tokens"]["refreshToken"], first["tokens"]["refreshToken"]);
    app.me(&jane.access).await.ok(200);
}

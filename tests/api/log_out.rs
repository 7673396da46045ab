//! Sign-out (seed 001).

use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, TestApp},
    jwt::tokens,
};

#[rstest]
#[tokio::test]
async fn after_logout_the_very_next_request_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let body = app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    assert_eq!(body["message"], "Logged out");
    app.me(&jane.access).await.problem(401, "session_ended");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_of_any_generation_signs_out(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let (access, second) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    app.advance_secs(60);
    app.post("/auth/logout", &json!({ "refreshToken": jane.refresh })).await.ok(200);
    app.me(&access).await.problem(401, "session_ended");
    app.refresh(&second).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn logout_without_an_authentic_token_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.request("POST", "/auth/logout").send().await.problem(401, "authentication_required");
    app.request("POST", "/auth/logout").bearer("nonsense").send().await.problem(401, "invalid_access_token");
    let answer = app.post("/auth/logout", &json!({ "refreshToken": "nonsense" })).await;
    assert_eq!(answer.status.as_u16(), 401);
    app.me(&jane.access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn logout_ends_one_session_and_logout_all_every_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let first = app.sign_up("jane@example.com").await;
    let second = app.signed_in("jane@example.com").await;
    let third = app.signed_in("jane@example.com").await;
    let other = app.sign_up("joe@example.com").await;
    app.request("POST", "/auth/logout").bearer(&first.access).send().await.ok(200);
    app.me(&second.access).await.ok(200);
    let body = app.request("POST", "/auth/logout-all").bearer(&second.access).send().await.ok(200);
    assert_eq!(body["sessionsRevoked"], 2);
    for dead in [&first, &second, &third] {
        app.me(&dead.access).await.problem(401, "session_ended");
        app.refresh(&dead.refresh).await.problem(401, "invalid_refresh_token");
    }
    app.me(&other.access).await.ok(200);
}

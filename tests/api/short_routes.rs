//! The dialects of seeds 002 and 003.

use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, PASSWORD, TestApp, person},
    jwt::claims,
};

#[rstest]
#[tokio::test]
async fn the_flow_of_seed_002_works_as_written(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut jane = person("jane@example.com");
    jane["username"] = json!("jane");
    app.post("/auth/register", &jane).await.ok(201);
    for username in ["jane", "jane@example.com"] {
        let body = app.post("/login", &json!({ "username": username, "password": PASSWORD })).await.ok(200);
        let token = body["token"].as_str().unwrap().to_owned();
        assert_eq!(token.split('.').count(), 3, "{token}");
        let dashboard = app.request("GET", "/dashboard").bearer(&token).send().await.ok(200);
        assert_eq!(dashboard["message"], "Welcome Jane Doe!");

        app.advance_secs(600);
        app.request("GET", "/dashboard").bearer(&token).send().await.problem(401, "access_token_expired");
        let body = app.post("/refresh", &json!({ "refreshToken": body["refreshToken"] })).await.ok(200);
        let token = body["token"].as_str().unwrap();
        assert!(body["refreshToken"].is_string());
        app.request("GET", "/dashboard").bearer(token).send().await.ok(200);

        app.request("POST", "/logout").bearer(token).send().await.ok(200);
        app.request("GET", "/dashboard").bearer(token).send().await.problem(401, "session_ended");
    }
}

#[rstest]
#[tokio::test]
async fn the_flow_of_seed_003_works_as_written(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let santu = json!({
        "email": "santu@example.com", "password": "mypassword123", "firstName": "Santu", "lastName": "Pramanik",
    });
    app.post("/auth/register", &santu).await.ok(201);
    let credentials = json!({ "email": "santu@example.com", "password": "mypassword123" });
    let body = app.post("/login", &credentials).await.ok(200);
    let token = body["token"].as_str().unwrap();
    assert!(token.starts_with("Bearer "), "{token}");
    // The client sends what it got, as it is.
    let dashboard = app.request("GET", "/dashboard").header("authorization", token).send().await.ok(200);
    assert_eq!(dashboard["message"], "Welcome Santu Pramanik!");
    let claims = claims(token.strip_prefix("Bearer ").unwrap());
    assert_eq!(claims["id"], claims["sub"]);
}

#[rstest]
#[tokio::test]
async fn the_short_routes_refuse_what_the_long_ones_refuse(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let wrong = json!({ "email": "jane@example.com", "password": "not the password" });
    app.post("/login", &wrong).await.problem(401, "invalid_credentials");
    app.post("/login", &json!({ "password": "x" })).await.invalid_fields();
    let both = json!({ "username": "jane", "email": "jane@example.com", "password": PASSWORD });
    app.post("/login", &both).await.invalid_fields();
    app.post("/refresh", &json!({ "refreshToken": "x" })).await.problem(401, "invalid_refresh_token");
    app.request("POST", "/logout").send().await.problem(401, "authentication_required");
    let answer = app.request("GET", "/dashboard").header("accept", "application/json").send().await;
    answer.problem(401, "authentication_required");
}

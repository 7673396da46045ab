//! The list of sessions, and their end one by one.

use rstest::rstest;

use crate::{
    app::{Database, Database::*, TestApp},
    jwt::{claims, tokens},
};

#[rstest]
#[tokio::test]
async fn the_list_tells_device_and_place_and_no_token(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    app.advance_secs(1);
    let body = serde_json::json!({ "email": "jane@example.com", "password": crate::app::PASSWORD });
    let answer = app.request("POST", "/auth/login").header("user-agent", firefox).json(&body).send().await.ok(200);
    let (access, refresh) = tokens(&answer);

    let answer = app.request("GET", "/auth/sessions").bearer(&access).send().await;
    assert!(!answer.text.contains(&refresh) && !answer.text.contains(&access));
    let body = answer.ok(200);
    let sessions = body["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let current = &sessions[0];
    assert_eq!(current["current"], true);
    assert_eq!(current["valid"], true);
    assert_eq!(current["userAgent"], firefox);
    assert_eq!(current["device"], "Firefox on Linux");
    assert_eq!(current["ipAddress"], "127.0.0.1");
    assert_eq!(sessions[1]["current"], false);
    let mut members: Vec<_> = current.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        ["createdAt", "current", "device", "expiresAt", "id", "ipAddress", "lastSeenAt", "userAgent", "valid"]
    );
}

#[rstest]
#[tokio::test]
async fn a_session_is_ended_from_another(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let lost = app.sign_up("jane@example.com").await;
    let here = app.signed_in("jane@example.com").await;
    let id = claims(&lost.access)["sid"].as_str().unwrap().to_owned();
    app.request("DELETE", &format!("/auth/sessions/{id}")).bearer(&here.access).send().await.ok(200);
    app.me(&lost.access).await.problem(401, "session_ended");
    app.me(&here.access).await.ok(200);
    app.request("DELETE", &format!("/auth/sessions/{id}")).bearer(&here.access).send().await.problem(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn another_users_session_is_not_there(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let mallory = app.sign_up("mallory@example.com").await;
    let id = claims(&jane.access)["sid"].as_str().unwrap().to_owned();
    for id in [id.as_str(), "00000000-0000-7000-8000-000000000000", "not-an-id", "%00", "1"] {
        let answer = app.request("DELETE", &format!("/auth/sessions/{id}")).bearer(&mallory.access).send().await;
        answer.problem(404, "not_found");
    }
    app.me(&jane.access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn last_seen_is_true_to_five_minutes(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.advance_secs(5 * 60);
    app.me(&jane.access).await.ok(200);
    app.write_activity().await;
    let body = app.request("GET", "/auth/sessions").bearer(&jane.access).send().await.ok(200);
    let at =
        |field: &str| body["sessions"][0][field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("lastSeenAt") - at("createdAt")).num_seconds(), 300);
}

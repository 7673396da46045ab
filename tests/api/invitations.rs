//! Invitations over the socket.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    app::{Database, Database::*, SignedIn, TestApp, person},
    mail::Mail,
};

async fn invite(app: &TestApp, root: &SignedIn, body: &Value) -> Mail {
    let invited = app.request("POST", "/auth/admin/invitations").bearer(&root.access).json(body).send().await.ok(201);
    assert_eq!(invited["invitation"]["state"], "open");
    app.mail_to(body["email"].as_str().expect("an address")).await
}

fn accept(email: &str, token: &str) -> Value {
    let mut body = person(email);
    body["invitation"] = json!(token);
    body
}

#[rstest]
#[tokio::test]
async fn administrators_come_to_be_by_invitation(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let mail = invite(&app, &root, &json!({ "email": "second@example.com", "role": "ADMIN" })).await;
    assert!(mail.link().starts_with(&format!("{}/register?token=", app.public_url())), "{}", mail.link());
    let body = app.post("/auth/register", &accept("second@example.com", mail.token())).await.ok(201);
    assert_eq!((&body["user"]["role"], &body["user"]["emailVerified"]), (&json!("ADMIN"), &json!(true)));
    let access = body["tokens"]["accessToken"].as_str().expect("a token");
    app.request("GET", "/auth/admin/users").bearer(access).send().await.ok(200);
    let listed = app.request("GET", "/auth/admin/invitations").bearer(access).send().await.ok(200);
    assert_eq!(listed["invitations"][0]["state"], "accepted");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_used_by_twenty_at_once_makes_one_account(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let mail = invite(&app, &root, &json!({ "email": "new@example.com", "role": "EMPLOYER", "company": "Tech" })).await;
    let body = accept("new@example.com", mail.token());
    let answers = join_all((0..20).map(|_| app.post("/auth/register", &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 201).count(), 1);
    assert_eq!(app.rows("users").await, 2);
}

#[rstest]
#[tokio::test]
async fn what_is_withdrawn_replaced_or_for_another_is_no_invitation(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let wish = json!({ "email": "new@example.com", "role": "CANDIDATE" });
    let first = invite(&app, &root, &wish).await;
    let second = invite(&app, &root, &wish).await;
    app.post("/auth/register", &accept("new@example.com", first.token())).await.problem(400, "invalid_token");
    app.post("/auth/register", &accept("other@example.com", second.token())).await.problem(400, "invalid_token");
    let mut as_admin = accept("new@example.com", second.token());
    as_admin["role"] = json!("ADMIN");
    app.post("/auth/register", &as_admin).await.problem(403, "role_not_allowed");
    let listed = app.request("GET", "/auth/admin/invitations").bearer(&root.access).send().await.ok(200);
    let path = format!("/auth/admin/invitations/{}", listed["invitations"][0]["id"].as_str().expect("an id"));
    app.request("DELETE", &path).bearer(&root.access).send().await.ok(200);
    app.request("DELETE", &path).bearer(&root.access).send().await.problem(404, "not_found");
    app.post("/auth/register", &accept("new@example.com", second.token())).await.problem(400, "invalid_token");
    assert_eq!(app.rows("users").await, 1);
}

#[rstest]
#[tokio::test]
async fn an_address_with_an_account_is_not_invited(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    app.sign_up("jane@example.com").await;
    let wish = json!({ "email": "Jane@example.com", "role": "ADMIN" });
    let answer = app.request("POST", "/auth/admin/invitations").bearer(&root.access).json(&wish).send().await;
    answer.problem(400, "user_already_exists");
}

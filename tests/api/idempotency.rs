//! Requests with an `Idempotency-Key`.

use std::collections::HashSet;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp, person},
};

async fn register(app: &TestApp, key: &str, body: &Value) -> Answer {
    app.request("POST", "/auth/register").header("idempotency-key", key).json(body).send().await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_up_sent_by_twenty_at_once_is_one_and_all_get_its_answer(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let body = person("jane@example.com");
    let answers = join_all((0..20).map(|_| register(&app, "key-1", &body))).await;
    let texts: HashSet<_> = answers.iter().map(|answer| answer.text.clone()).collect();
    assert!(answers.iter().all(|answer| answer.status.as_u16() == 201), "{answers:?}");
    assert_eq!((texts.len(), app.rows("users").await, app.rows("sessions").await), (1, 1, 1));
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count(), 19);
    app.advance_secs(60);
    let late = register(&app, "key-1", &body).await;
    assert_eq!((late.status.as_u16(), texts.contains(&late.text)), (201, true));
}

#[rstest]
#[tokio::test]
async fn another_body_is_another_sign_up_and_for_a_user_a_misuse(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    register(&app, "key-1", &person("jane@example.com")).await.ok(201);
    let john = register(&app, "key-1", &person("john@example.com")).await.ok(201);
    let access = john["tokens"]["accessToken"].as_str().expect("a token");
    let rename = |name: &str| {
        let body = json!({ "firstName": name });
        app.request("PATCH", "/auth/me").bearer(access).header("idempotency-key", "k").json(&body).send()
    };
    rename("Johnny").await.ok(200);
    let again = rename("Johnny").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    rename("Jack").await.problem(422, "idempotency_key_reused");
    assert_eq!(app.me(access).await.ok(200)["user"]["firstName"], "Johnny");
}

#[rstest]
#[tokio::test]
async fn a_change_with_a_key_is_made_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let body = json!({ "email": "new@example.com", "role": "CANDIDATE" });
    let invite = || {
        let request = app.request("POST", "/auth/admin/invitations").bearer(&root.access);
        request.header("idempotency-key", "invite-1").json(&body).send()
    };
    let (first, second) = (invite().await.ok(201), invite().await.ok(201));
    assert_eq!(first, second);
    assert_eq!(app.rows("invitations").await, 1);
}

#[rstest]
#[tokio::test]
async fn what_is_kept_is_sealed_and_a_refusal_is_not_kept(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let answer = register(&app, "key-1", &person("john@example.com")).await;
    let refresh = answer.ok(201)["tokens"]["refreshToken"].as_str().expect("a token").to_owned();
    assert!(!app.dump().await.contains(&refresh));
    let change = |current: &str| {
        let body = json!({ "currentPassword": current, "newPassword": "another harbour at dusk" });
        let request = app.request("POST", "/auth/change-password").bearer(&jane.access);
        request.header("idempotency-key", "change").json(&body).send()
    };
    change("not the one").await.problem(401, "invalid_credentials");
    change(PASSWORD).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_a_key_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for key in [String::new(), "a b".to_owned(), "k".repeat(256)] {
        register(&app, &key, &person("jane@example.com")).await.problem(400, "malformed_request");
    }
    // Where a key means nothing, it is passed over.
    register(&app, "key-1", &person("jane@example.com")).await.ok(201);
    let login = json!({ "email": "jane@example.com", "password": PASSWORD });
    for _ in 0..2 {
        app.request("POST", "/auth/login").header("idempotency-key", "a b").json(&login).send().await.ok(200);
    }
    assert_eq!(app.rows("sessions").await, 3);
}

#[rstest]
#[tokio::test]
async fn cookies_are_given_once_more_to_our_own_pages_alone(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut body = person("jane@example.com");
    body["useCookies"] = json!(true);
    let send = || app.request("POST", "/auth/register").header("idempotency-key", "k").json(&body);
    send().same_origin().send().await.ok(201);
    send().header("origin", "https://evil.example").send().await.problem(403, "csrf_rejected");
    send().send().await.problem(403, "csrf_rejected");
    assert!(!send().same_origin().send().await.cookies().is_empty());
}

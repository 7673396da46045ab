//! Administration over the socket.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, SignedIn, TestApp, person},
};

async fn send(app: &TestApp, as_who: &SignedIn, method: &str, path: &str, body: &Value) -> Answer {
    let request = app.request(method, path).bearer(&as_who.access);
    if body.is_null() { request.send().await } else { request.json(body).send().await }
}

async fn id_of(app: &TestApp, root: &SignedIn, email: &str) -> String {
    let found = send(app, root, "GET", &format!("/auth/admin/users?search={email}"), &Value::Null).await.ok(200);
    assert_eq!(found["users"].as_array().expect("users").len(), 1, "{found}");
    found["users"][0]["id"].as_str().expect("an id").to_owned()
}

#[rstest]
#[tokio::test]
async fn users_are_found_by_the_beginning_of_their_names(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    for (n, (first, last)) in [("Åsa", "Öberg"), ("Asa", "Berg"), ("Bo", "Åkesson")].into_iter().enumerate() {
        let mut body = person(&format!("person{n}@example.com"));
        (body["firstName"], body["lastName"]) = (json!(first), json!(last));
        body["username"] = json!(format!("Nick{n}"));
        app.post("/auth/register", &body).await.ok(201);
    }
    for (search, found) in [
        ("person", 3),
        ("PERSON1@", 1),
        ("nick2", 1),
        ("%C3%A5", 2),
        ("bo%20%C3%A5k", 1),
        ("berg", 1),
        ("erg", 0),
        ("%25", 0),
        ("_", 0),
        ("%27%20OR%20%271%27%3D%271", 0),
    ] {
        let path = format!("/auth/admin/users?search={search}");
        let body = send(&app, &root, "GET", &path, &Value::Null).await.ok(200);
        assert_eq!(body["users"].as_array().expect("users").len(), found, "{search}");
    }
}

#[rstest]
#[tokio::test]
async fn a_deactivated_user_is_out_at_once_and_can_come_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let jane = app.sign_up("jane@example.com").await;
    let user = format!("/auth/admin/users/{}", id_of(&app, &root, "jane@example.com").await);
    send(&app, &root, "POST", &format!("{user}/deactivate"), &Value::Null).await.ok(200);
    app.me(&jane.access).await.problem(401, "session_ended");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
    app.log_in("jane@example.com").await.problem(403, "account_deactivated");
    send(&app, &root, "POST", &format!("{user}/activate"), &Value::Null).await.ok(200);
    app.me(&jane.access).await.problem(401, "session_ended");
    app.log_in("jane@example.com").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_role_is_changed_with_its_profile_and_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let jane = app.sign_up("jane@example.com").await;
    let skills = json!({ "profile": { "skills": ["Rust"] } });
    app.request("PATCH", "/auth/me").bearer(&jane.access).json(&skills).send().await.ok(200);
    let user = format!("/auth/admin/users/{}", id_of(&app, &root, "jane@example.com").await);
    let employer = json!({ "role": "EMPLOYER", "company": "Tech Corp" });
    let body = send(&app, &root, "PATCH", &user, &employer).await.ok(200);
    assert_eq!((&body["user"]["role"], &body["profile"]["companyName"]), (&json!("EMPLOYER"), &json!("Tech Corp")));
    app.me(&jane.access).await.problem(401, "stale_claims");
    let refreshed = app.refresh(&jane.refresh).await.ok(200);
    let access = refreshed["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!(app.me(access).await.ok(200)["profile"]["type"], "EMPLOYER");
    let body = send(&app, &root, "PATCH", &user, &json!({ "role": "CANDIDATE" })).await.ok(200);
    assert_eq!(body["profile"]["skills"], json!(["Rust"]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_administrator_stays_also_when_all_go_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let user = format!("/auth/admin/users/{}", id_of(&app, &root, "root@example.com").await);
    for (method, path, body) in [
        ("POST", format!("{user}/deactivate"), Value::Null),
        ("PATCH", user.clone(), json!({ "role": "CANDIDATE" })),
        ("DELETE", user.clone(), Value::Null),
        ("DELETE", "/auth/me".to_owned(), json!({ "password": PASSWORD })),
    ] {
        send(&app, &root, method, &path, &body).await.problem(409, "last_admin");
    }
    let mut admins = vec![(root, user)];
    for n in 0..5 {
        let email = format!("admin{n}@example.com");
        let admin = app.admin(&email).await;
        let user = format!("/auth/admin/users/{}", id_of(&app, &admin, &email).await);
        admins.push((admin, user));
    }
    // Everyone removes themselves, each in another way.
    let app = &app;
    join_all(admins.iter().enumerate().map(|(n, (admin, user))| async move {
        match n % 3 {
            0 => send(app, admin, "POST", &format!("{user}/deactivate"), &Value::Null).await,
            1 => send(app, admin, "PATCH", user, &json!({ "role": "CANDIDATE" })).await,
            _ => send(app, admin, "DELETE", "/auth/me", &json!({ "password": PASSWORD })).await,
        }
    }))
    .await;
    let left = "SELECT email FROM users WHERE role = 'ADMIN' AND status = 'active' AND deletes_at IS NULL";
    assert_eq!(app.texts(left).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_admin_makes_accounts_and_never_sees_a_password(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    let body = json!({ "email": "new@example.com", "firstName": "New", "lastName": "One", "role": "EMPLOYER", "company": "Tech Corp" });
    send(&app, &root, "POST", "/auth/admin/users", &body).await.ok(201);
    let mut with_password = body.clone();
    (with_password["email"], with_password["password"]) = (json!("other@example.com"), json!(PASSWORD));
    let refused = send(&app, &root, "POST", "/auth/admin/users", &with_password).await.invalid_fields();
    assert_eq!(refused, [("password".to_owned(), "unknown_field".to_owned())]);
    app.log_in("new@example.com").await.problem(401, "invalid_credentials");
    let token = app.mail_to("new@example.com").await.token().to_owned();
    app.post("/auth/reset-password", &json!({ "token": token, "password": PASSWORD })).await.ok(200);
    let user = app.log_in("new@example.com").await.ok(200)["user"].clone();
    assert_eq!((&user["emailVerified"], &user["company"]), (&json!(true), &json!("Tech Corp")));
}

#[rstest]
#[tokio::test]
async fn the_log_says_who_did_what_to_whom_from_where(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    app.sign_up("jane@example.com").await;
    let id = id_of(&app, &root, "jane@example.com").await;
    send(&app, &root, "POST", &format!("/auth/admin/users/{id}/reset-password"), &Value::Null).await.ok(202);
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": "not the one" })).await;
    let path = format!("/auth/admin/audit-events?user={id}");
    let body = send(&app, &root, "GET", &path, &Value::Null).await.ok(200);
    let events = body["events"].as_array().expect("events");
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().expect("a type")).collect();
    assert_eq!(kinds, ["sign_in_failed", "reset_started", "signed_up"]);
    assert!(events.iter().all(|event| event["ipAddress"] == "127.0.0.1" && event["userId"] == id.as_str()));
    assert_ne!(events[1]["actorId"], events[1]["userId"]);
    let path = "/auth/admin/audit-events?type=sign_in_failed&limit=1";
    assert_eq!(send(&app, &root, "GET", path, &Value::Null).await.ok(200)["events"].as_array().map(Vec::len), Some(1));
    assert!(!body.to_string().contains("jane@example.com"));
}

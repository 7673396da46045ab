//! The signed-in user's own account (seed 003).

use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, TestApp, person};

#[rstest]
#[tokio::test]
async fn nobody_is_shown_a_password_or_hash(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let answer = app.me(&jane.access).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.ok(200);
    let mut members: Vec<_> = body["user"].as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "company",
            "createdAt",
            "email",
            "emailVerified",
            "firstName",
            "id",
            "isActive",
            "lastLoginAt",
            "lastName",
            "locale",
            "role",
            "username",
        ]
    );
    assert_eq!(body["user"]["isActive"], true);
}

#[rstest]
#[tokio::test]
async fn names_and_profile_are_changed_together(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let change = json!({
        "firstName": "Janet", "username": "janet",
        "profile": { "title": "Engineer", "skills": ["Rust", "SQL", "Rust"], "location": "Zürich", "phoneNumber": "+41 44" },
    });
    let body = app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await.ok(200);
    assert_eq!(body["user"]["username"], "janet");
    assert_eq!(
        body["profile"],
        json!({
            "type": "CANDIDATE", "fullName": "Janet Doe", "phoneNumber": "+41 44", "location": "Zürich",
            "title": "Engineer", "skills": ["Rust", "SQL"],
        })
    );
    assert_eq!(app.me(&jane.access).await.ok(200)["profile"], body["profile"]);

    let change = json!({ "username": null, "profile": { "title": null } });
    let body = app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await.ok(200);
    assert_eq!((&body["user"]["username"], &body["profile"]["title"]), (&json!(null), &json!(null)));
    assert_eq!(body["profile"]["location"], "Zürich");
}

#[rstest]
#[tokio::test]
async fn fields_of_another_roles_profile_are_refused_and_nothing_changes(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    for profile in [
        json!({ "companyName": "Mine" }),
        json!({ "type": "ADMIN" }),
        json!({ "fullName": "Someone Else" }),
        json!({ "skills": "Rust" }),
        json!({ "skills": [1] }),
        json!([]),
    ] {
        let change = json!({ "firstName": "Changed", "profile": profile });
        let answer = app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await;
        let fields = answer.invalid_fields();
        assert!(fields[0].0.starts_with("profile"), "{fields:?}");
    }
    for field in ["role", "email", "isActive", "emailVerified", "id", "password"] {
        let change = json!({ "firstName": "Changed", field: "x" });
        let answer = app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await;
        assert_eq!(answer.invalid_fields()[0].0, field);
    }
    assert_eq!(app.me(&jane.access).await.ok(200)["user"]["firstName"], "Jane");
}

#[rstest]
#[tokio::test]
async fn a_username_of_another_user_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut joe = person("joe@example.com");
    joe["username"] = json!("joe");
    app.post("/auth/register", &joe).await.ok(201);
    let jane = app.sign_up("jane@example.com").await;
    let change = json!({ "username": "JOE" });
    let answer = app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await;
    answer.problem(409, "username_taken");
}

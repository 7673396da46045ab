//! Sign-up (seeds 000 and 004).

use rstest::rstest;
use serde_json::json;

use crate::answer::Answer;
use crate::app::{Database, Database::*, TestApp, person};

#[rstest]
#[tokio::test]
async fn a_candidate_is_signed_up_and_signed_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let body = app.post("/auth/register", &person("jane@example.com")).await.ok(201);
    assert_eq!(body["tokens"]["tokenType"], "Bearer");
    assert_eq!(body["tokens"]["expiresIn"], 600);
    assert_eq!(body["tokens"]["refreshExpiresIn"], 604_800);
    let mut user = body["user"].clone();
    assert!(user["id"].as_str().is_some_and(|id| id.len() == 36), "{user}");
    user["id"] = json!("…");
    assert_eq!(
        user,
        json!({
            "id": "…", "email": "jane@example.com", "role": "CANDIDATE", "firstName": "Jane", "lastName": "Doe",
            "company": null, "emailVerified": false,
        })
    );
    let token = body["tokens"]["accessToken"].as_str().unwrap();
    app.me(token).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn every_role_gets_its_own_profile(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let candidate = app.sign_up("candidate@example.com").await;
    let profile = app.me(&candidate.access).await.ok(200)["profile"].clone();
    assert_eq!(
        profile,
        json!({
            "type": "CANDIDATE", "fullName": "Jane Doe", "phoneNumber": null, "location": null, "title": null,
            "skills": [],
        })
    );

    let mut employer = person("employer@example.com");
    employer["role"] = json!("EMPLOYER");
    employer["company"] = json!("Tech Corp");
    employer["phoneNumber"] = json!("123-456-7890");
    let employer = app.post("/auth/register", &employer).await.ok(201);
    assert_eq!(employer["user"]["company"], "Tech Corp");
    let token = employer["tokens"]["accessToken"].as_str().unwrap();
    let profile = app.me(token).await.ok(200)["profile"].clone();
    assert_eq!(
        profile,
        json!({
            "type": "EMPLOYER", "companyName": "Tech Corp", "companyEmail": null, "phoneNumber": "123-456-7890",
            "companyLocation": null, "industry": null,
        })
    );

    let admin = app.admin("root@example.com").await;
    let profile = app.me(&admin.access).await.ok(200)["profile"].clone();
    assert_eq!(profile, json!({ "type": "ADMIN", "fullName": "Root Admin", "phoneNumber": null }));
}

#[rstest]
#[tokio::test]
async fn an_employer_without_a_company_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for company in [json!(null), json!(""), json!("  ")] {
        let mut body = person("employer@example.com");
        body["role"] = json!("EMPLOYER");
        if !company.is_null() {
            body["company"] = company;
        }
        let fields = app.post("/auth/register", &body).await.invalid_fields();
        assert_eq!(fields, [("company".into(), "required".into())]);
    }
    assert_eq!(app.rows("users").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_admin_does_not_sign_up_in_any_spelling(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for role in ["ADMIN", "admin", "Admin", " ADMIN ", "aDmIn", "\tADMIN"] {
        let mut body = person("mallory@example.com");
        body["role"] = json!(role);
        app.post("/auth/register", &body).await.problem(403, "role_not_allowed");
        body["invitation"] = json!("not-an-invitation");
        app.post("/auth/register", &body).await.problem(403, "role_not_allowed");
    }
    for table in ["users", "admin_profiles", "sessions", "one_time_tokens", "outbox"] {
        assert_eq!(app.rows(table).await, 0, "{table}");
    }
}

#[rstest]
#[tokio::test]
async fn a_role_or_flag_cannot_be_smuggled_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for (field, value) in [
        ("isAdmin", json!(true)),
        ("emailVerified", json!(true)),
        ("id", json!("x")),
        ("roles", json!(["ADMIN"])),
        ("isActive", json!(false)),
        ("epoch", json!(9)),
        ("user", json!({ "role": "ADMIN" })),
    ] {
        let mut body = person("mallory@example.com");
        body[field] = value;
        let fields = app.post("/auth/register", &body).await.invalid_fields();
        assert_eq!(fields[0].0, field, "{fields:?}");
    }
    let twice = r#"{"email":"m@example.com","password":"a quiet harbour","firstName":"M","lastName":"M","role":"CANDIDATE","role":"ADMIN"}"#;
    app.post_text("/auth/register", twice).await.problem(400, "malformed_json");
    assert_eq!(app.rows("users").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_taken_address_is_refused_in_every_spelling(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("Jane@Example.com").await;
    for email in ["Jane@Example.com", "jane@example.com", "JANE@EXAMPLE.COM", " jane@example.com "] {
        let body = app.post("/auth/register", &person(email)).await.problem(400, "user_already_exists");
        assert_eq!(body["message"], "User already exists");
    }
    assert_eq!(app.rows("users").await, 1);
    assert_eq!(app.rows("sessions").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_taken_username_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut body = person("jane@example.com");
    body["username"] = json!("jane");
    app.post("/auth/register", &body).await.ok(201);
    body["email"] = json!("other@example.com");
    body["username"] = json!("JANE");
    app.post("/auth/register", &body).await.problem(409, "username_taken");
    assert_eq!(app.rows("users").await, 1);
}

#[rstest]
#[tokio::test]
async fn everything_wrong_is_told_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut fields = app.post("/auth/register", &json!({})).await.invalid_fields();
    fields.sort();
    let required = |field: &str| (field.to_owned(), "required".to_owned());
    assert_eq!(fields, ["email", "firstName", "lastName", "password"].map(required));

    let body = json!({
        "email": "no address", "password": "short", "firstName": "J\u{0}", "lastName": "x".repeat(101),
        "username": "a@b", "role": "EMPLOYER", "phoneNumber": "call me", "company": "y".repeat(201),
    });
    let mut fields = app.post("/auth/register", &body).await.invalid_fields();
    fields.sort();
    let fields: Vec<_> = fields.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("company", "too_long"),
            ("email", "malformed"),
            ("firstName", "control_character"),
            ("lastName", "too_long"),
            ("password", "too_short"),
            ("phoneNumber", "malformed"),
            ("username", "malformed"),
        ]
    );
}

#[rstest]
#[tokio::test]
async fn a_password_that_everyone_tries_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for (password, code) in [
        ("password", "common_password"),
        ("1234567", "too_short"),
        ("jane@example.com", "guessable_password"),
        ("Jane Doe", "guessable_password"),
        (&"x".repeat(129), "too_long"),
    ] {
        let mut body = person("jane@example.com");
        body["password"] = json!(password);
        let fields = app.post("/auth/register", &body).await.invalid_fields();
        assert_eq!(fields, [("password".into(), code.into())]);
    }
}

#[rstest]
#[tokio::test]
async fn existing_accounts_stay_hidden_where_they_shall(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__REVEAL_EXISTING_ACCOUNTS", "false")]).await;
    let first = app.post("/auth/register", &person("jane@example.com")).await;
    let again = app.post("/auth/register", &person("Jane@example.com")).await;
    assert_eq!((first.status.as_u16(), &first.text), (202, &again.text));
    assert_eq!(first.status, again.status);
    let names = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&first), names(&again));
    assert_eq!(app.rows("users").await, 1);
    assert_eq!(app.rows("sessions").await, 0);
    assert_eq!(app.outbox_kinds().await, ["verify_email", "account_exists"]);

    // A username would tell: whether it was taken by this sign-up, another sign-up can find out.
    for email in ["jane@example.com", "nobody@example.com"] {
        let mut probe = person(email);
        probe["username"] = json!("probe");
        let fields = app.post("/auth/register", &probe).await.invalid_fields();
        assert_eq!(fields, [("username".into(), "chosen_later".into())]);
    }
}

#[rstest]
#[tokio::test]
async fn an_unproven_address_does_not_sign_in_where_proof_is_required(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__REQUIRE_VERIFIED_EMAIL", "true")]).await;
    let body = app.post("/auth/register", &person("jane@example.com")).await.ok(201);
    assert!(body.get("tokens").is_none(), "{body}");
    assert_eq!(body["user"]["email"], "jane@example.com");
    app.log_in("jane@example.com").await.problem(403, "email_not_verified");
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": "not the password" }))
        .await
        .problem(401, "invalid_credentials");
    assert_eq!(app.rows("sessions").await, 0);
}

#[rstest]
#[tokio::test]
async fn only_allowed_domains_sign_up_where_there_are_any(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__ALLOWED_DOMAINS", "corp.example")]).await;
    let fields = app.post("/auth/register", &person("jane@example.com")).await.invalid_fields();
    assert_eq!(fields, [("email".into(), "domain_not_allowed".into())]);
    app.post("/auth/register", &person("jane@CORP.example")).await.ok(201);
}

#[rstest]
#[tokio::test]
async fn nobody_signs_up_where_sign_up_is_closed(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__ENABLED", "false")]).await;
    app.post("/auth/register", &person("jane@example.com")).await.problem(403, "registration_closed");
}

#[rstest]
#[tokio::test]
async fn nothing_at_rest_is_a_password_or_a_token(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let dump = app.dump().await;
    assert!(dump.contains("jane@example.com"), "the dump shows nothing");
    let refresh_tail = &jane.refresh[jane.refresh.len() - 40..];
    for secret in [crate::app::PASSWORD, &jane.access, &jane.refresh, refresh_tail] {
        assert!(!dump.contains(secret), "{secret} is stored");
    }
}

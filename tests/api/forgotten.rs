//! A forgotten password.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp, person},
};

const NEW: &str = "another harbour at dusk";

async fn forgot(app: &TestApp, email: &str) -> Answer {
    app.post("/auth/forgot-password", &json!({ "email": email })).await
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Answer {
    app.post("/auth/reset-password", &json!({ "token": token, "password": password })).await
}

#[rstest]
#[tokio::test]
async fn a_reset_ends_every_session_signs_nobody_in_and_is_told(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    forgot(&app, "JANE@example.com").await.ok(202);
    let mail = app.mail_to("jane@example.com").await;
    assert!(mail.link().starts_with(&format!("{}/reset-password?token=", app.public_url())));
    let answer = reset(&app, mail.token(), NEW).await;
    assert!(answer.cookies().is_empty());
    assert!(answer.ok(200).get("tokens").is_none());
    app.me(&jane.access).await.problem(401, "session_ended");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
    app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": NEW })).await.ok(200);
    reset(&app, mail.token(), PASSWORD).await.problem(400, "invalid_token");
    assert!(app.mail_to("jane@example.com").await.link().contains("/not-me?token="));
}

#[rstest]
#[tokio::test]
async fn the_answer_is_the_same_for_every_address(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__REQUIRE_VERIFIED_EMAIL", "true")]).await;
    for email in ["known@example.com", "unproven@example.com", "deactivated@example.com"] {
        app.post("/auth/register", &person(email)).await.ok(201);
    }
    let token = app.mail_to("known@example.com").await.token().to_owned();
    app.post("/auth/verify-email", &json!({ "token": token })).await.ok(200);
    app.deactivate("deactivated@example.com").await;
    let emails = ["known@example.com", "unproven@example.com", "deactivated@example.com", "unknown@example.com"];
    for path in ["/auth/forgot-password", "/auth/resend-verification"] {
        let mut seen: Option<(String, Vec<String>)> = None;
        for email in emails {
            let rows = app.rows("outbox").await;
            let answer = app.post(path, &json!({ "email": email })).await;
            assert_eq!(app.rows("outbox").await, rows + 1, "{path} {email}");
            let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            // actix-web keeps them in no order.
            names.sort();
            let answer = (answer.text.clone(), names);
            assert_eq!(seen.get_or_insert(answer.clone()), &answer, "{path} {email}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_password_that_may_not_be_chosen_leaves_the_link_good(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    forgot(&app, "jane@example.com").await.ok(202);
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    for (password, code) in [("short", "too_short"), ("password123", "common_password"), ("", "required")] {
        let refused = reset(&app, &token, password).await.invalid_fields();
        assert_eq!(refused, [("password".to_owned(), code.to_owned())]);
    }
    reset(&app, &token, NEW).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_reset_is_a_function_of_one_token_and_one_password(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    forgot(&app, "jane@example.com").await.ok(202);
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    let more: [(&str, Value); 4] = [
        ("email", json!("john@example.com")),
        ("userId", json!("00000000-0000-7000-8000-000000000000")),
        ("skip", json!(true)),
        ("useCookies", json!(true)),
    ];
    for (name, value) in more {
        let mut body = json!({ "token": token, "password": NEW });
        body[name] = value;
        let refused = app.post("/auth/reset-password", &body).await.invalid_fields();
        assert_eq!(refused, [(name.to_owned(), "unknown_field".to_owned())]);
    }
    for email in [json!(["jane@example.com", "thief@example.com"]), json!("jane@example.com,thief@example.com")] {
        let answer = app.post("/auth/forgot-password", &json!({ "email": email })).await;
        assert_eq!(answer.invalid_fields().len(), 1);
    }
    app.post_text("/auth/forgot-password", r#"{"email":"jane@example.com","email":"thief@example.com"}"#)
        .await
        .problem(400, "malformed_json");
}

#[rstest]
#[tokio::test]
async fn older_links_are_dead_after_a_newer_one_a_new_password_and_a_sign_out_everywhere(
    #[values(Sqlite, Postgres)] on: Database,
) {
    for death in ["newer", "change", "everywhere"] {
        let app = TestApp::start(on).await;
        let jane = app.sign_up("jane@example.com").await;
        let proof = app.mail_to("jane@example.com").await.token().to_owned();
        forgot(&app, "jane@example.com").await.ok(202);
        let token = app.mail_to("jane@example.com").await.token().to_owned();
        match death {
            "newer" => {
                forgot(&app, "jane@example.com").await.ok(202);
                app.post("/auth/resend-verification", &json!({ "email": "jane@example.com" })).await.ok(202);
                app.deliver().await;
            }
            "change" => {
                let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
                app.request("POST", "/auth/change-password").bearer(&jane.access).json(&body).send().await.ok(200);
            }
            _ => drop(app.request("POST", "/auth/logout-all").bearer(&jane.access).send().await.ok(200)),
        }
        reset(&app, &token, "a third harbour").await.problem(400, "invalid_token");
        app.post("/auth/verify-email", &json!({ "token": proof })).await.problem(400, "invalid_token");
    }
}

#[rstest]
#[tokio::test]
async fn a_link_works_for_half_an_hour(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    forgot(&app, "jane@example.com").await.ok(202);
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    app.advance_secs(30 * 60);
    reset(&app, &token, NEW).await.problem(400, "invalid_token");
}

#[rstest]
#[tokio::test]
async fn an_address_cannot_be_squatted(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let squatter = app.sign_up("victim@example.com").await;
    let wish = json!({ "newEmail": "squatter@example.com", "password": PASSWORD });
    app.request("POST", "/auth/change-email").bearer(&squatter.access).json(&wish).send().await.ok(202);
    let pending = app.mail_to("squatter@example.com").await.token().to_owned();
    forgot(&app, "victim@example.com").await.ok(202);
    let token = app.mail_to("victim@example.com").await.token().to_owned();
    reset(&app, &token, NEW).await.ok(200);
    app.post("/auth/confirm-email", &json!({ "token": pending })).await.problem(400, "invalid_token");
    app.me(&squatter.access).await.problem(401, "session_ended");
    let victim = app.post("/auth/login", &json!({ "email": "victim@example.com", "password": NEW })).await.ok(200);
    assert_eq!(victim["user"]["emailVerified"], true);
}

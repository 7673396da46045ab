//! A change of the address, and the way back.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp},
};

async fn ask(app: &TestApp, access: &str, email: &str) -> Answer {
    let body = json!({ "newEmail": email, "password": PASSWORD });
    app.request("POST", "/auth/change-email").bearer(access).json(&body).send().await
}

async fn confirm(app: &TestApp, token: &str) -> Answer {
    app.post("/auth/confirm-email", &json!({ "token": token })).await
}

#[rstest]
#[tokio::test]
async fn the_address_changes_when_the_new_one_is_proven_and_the_old_one_is_told(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = TestApp::start(on).await;
    let jane = app.proven("jane@example.com").await;
    ask(&app, &jane.access, "Janet@Example.com").await.ok(202);
    app.log_in("jane@example.com").await.ok(200);
    let token = app.mail_to("Janet@Example.com").await.token().to_owned();
    confirm(&app, &token).await.ok(200);
    confirm(&app, &token).await.problem(400, "invalid_token");
    app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    let user = app.log_in("janet@example.com").await.ok(200);
    assert_eq!((&user["user"]["email"], &user["user"]["emailVerified"]), (&json!("Janet@Example.com"), &json!(true)));
    let told = app.mail_to("jane@example.com").await;
    assert!(told.text.contains("Janet@Example.com"), "{}", told.text);
    assert!(told.link().contains("/undo-email-change?token="));
}

#[rstest]
#[tokio::test]
async fn a_taken_address_is_answered_alike_and_its_owner_is_told(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.sign_up("john@example.com").await;
    let taken = ask(&app, &jane.access, "john@example.com").await;
    let free = ask(&app, &jane.access, "free@example.com").await;
    assert_eq!((taken.status, &taken.text), (free.status, &free.text));
    assert!(!app.mail_to("john@example.com").await.text.contains("token="));
    let wrong = json!({ "newEmail": "free@example.com", "password": "not the one" });
    let wrong = app.request("POST", "/auth/change-email").bearer(&jane.access).json(&wrong).send().await;
    wrong.problem(401, "invalid_credentials");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_confirm_one_address_at_once_one_gets_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for n in 0..5 {
        let wanted = format!("wanted{n}@example.com");
        let mut tokens = Vec::new();
        for who in ["a", "b"] {
            let someone = app.sign_up(&format!("{who}{n}@example.com")).await;
            ask(&app, &someone.access, &wanted).await.ok(202);
            tokens.push(app.mail_to(&wanted).await.token().to_owned());
        }
        let answers = join_all(tokens.iter().map(|token| confirm(&app, token))).await;
        let mut codes: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        codes.sort_unstable();
        assert_eq!(codes, [200, 400]);
    }
}

#[rstest]
#[tokio::test]
async fn the_way_back_survives_later_changes_and_leaves_nobody_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.proven("jane@example.com").await;
    for thief in ["thief1@example.com", "thief2@example.com"] {
        ask(&app, &jane.access, thief).await.ok(202);
        confirm(&app, app.mail_to(thief).await.token()).await.ok(200);
    }
    let back_to_jane = app.mail_to("jane@example.com").await.token().to_owned();
    let back_to_thief = app.mail_to("thief1@example.com").await.token().to_owned();
    app.advance_secs(6 * 24 * 60 * 60);
    let undo = async |token: &str| app.post("/auth/undo-email-change", &json!({ "token": token })).await;
    undo(&back_to_jane).await.ok(200);
    undo(&back_to_thief).await.problem(400, "invalid_token");
    undo(&back_to_jane).await.problem(400, "invalid_token");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
    app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    let reset = app.mail_to("jane@example.com").await;
    let body = json!({ "token": reset.token(), "password": "a new harbour at noon" });
    app.post("/auth/reset-password", &body).await.ok(200);
}

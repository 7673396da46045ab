//! A change of the password by someone who knows it.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp},
};

const NEW: &str = "another harbour at dusk";

async fn change(app: &TestApp, access: &str, current: &str, new: &str) -> Answer {
    let body = json!({ "currentPassword": current, "newPassword": new });
    app.request("POST", "/auth/change-password").bearer(access).json(&body).send().await
}

#[rstest]
#[tokio::test]
async fn a_change_keeps_this_session_ends_the_others_and_is_told(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.proven("jane@example.com").await;
    let other = app.signed_in("jane@example.com").await;
    change(&app, &jane.access, PASSWORD, NEW).await.ok(200);
    app.me(&jane.access).await.ok(200);
    app.me(&other.access).await.problem(401, "session_ended");
    app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": NEW })).await.ok(200);
    assert!(app.mail_to("jane@example.com").await.link().contains("/not-me?token="));
}

#[rstest]
#[tokio::test]
async fn a_wrong_or_unfit_password_changes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    change(&app, &jane.access, "not the one", NEW).await.problem(401, "invalid_credentials");
    let refused = change(&app, &jane.access, PASSWORD, "jane@example.com").await.invalid_fields();
    assert_eq!(refused, [("newPassword".to_owned(), "guessable_password".to_owned())]);
    app.log_in("jane@example.com").await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_opened_with_the_old_password_outlives_its_change(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for n in 0..6 {
        let email = format!("jane{n}@example.com");
        let jane = app.sign_up(&email).await;
        let (sign_ins, changed) =
            tokio::join!(join_all((0..8).map(|_| app.log_in(&email))), change(&app, &jane.access, PASSWORD, NEW));
        changed.ok(200);
        for answer in sign_ins {
            if answer.status.as_u16() == 200 {
                let access = answer.body["tokens"]["accessToken"].as_str().expect("a token");
                app.me(access).await.problem(401, "session_ended");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_link_of_a_notice_ends_every_session_and_the_password(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.proven("jane@example.com").await;
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
    let login = json!({ "email": "jane@example.com", "password": PASSWORD });
    app.request("POST", "/auth/login").header("user-agent", phone).json(&login).send().await.ok(200);
    let notice = app.mail_to("jane@example.com").await;
    assert!(notice.text.contains("127.0.0.1"), "{}", notice.text);
    app.post("/auth/not-me", &json!({ "token": notice.token() })).await.ok(200);
    app.me(&jane.access).await.problem(401, "session_ended");
    app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    let reset = app.mail_to("jane@example.com").await;
    let body = json!({ "token": reset.token(), "password": NEW });
    app.post("/auth/reset-password", &body).await.ok(200);
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": NEW })).await.ok(200);
    app.post("/auth/not-me", &json!({ "token": notice.token() })).await.problem(400, "invalid_token");
}

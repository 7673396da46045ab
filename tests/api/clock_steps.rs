//! A clock that is put forward or back, on one of two nodes or on the only one. It costs nobody more than a sign-in, lets
//! nobody in who is not to be, and gives nobody more time than there is.

use rstest::rstest;
use serde_json::json;

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, TestApp},
    jwt::{claims, tokens},
};

const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;

/// One of everything that goes by the time: none is answered with anything but a success or a refusal.
async fn goes_on(app: &TestApp, number: usize) {
    app.follow().await;
    app.tend_keys().await;
    let email = format!("new{number}@example.com");
    let new = app.sign_up(&email).await;
    app.me(&new.access).await.ok(200);
    let (access, refresh) = tokens(&app.refresh(&new.refresh).await.ok(200));
    app.me(&access).await.ok(200);
    app.post("/auth/forgot-password", &json!({ "email": email })).await.ok(202);
    let token = app.mail_to(&email).await.token().to_owned();
    let reset = json!({ "token": token, "password": "another harbour at dusk" });
    app.post("/auth/reset-password", &reset).await.ok(200);
    app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
    for path in ["/.well-known/jwks.json", "/health/live", "/health/ready"] {
        assert_eq!(app.request("GET", path).send().await.status.as_u16(), 200, "{path}");
    }
    app.write_activity().await;
}

/// How long the token has to live from now on, in seconds, by what it says itself.
fn life(access: &str) -> i64 {
    let claims = claims(access);
    claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time")
}

fn code(answer: &Answer) -> &str {
    answer.body["code"].as_str().unwrap_or_default()
}

#[rstest]
#[tokio::test]
async fn a_clock_that_steps_takes_nothing_down(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(YEAR, HOUR, -HOUR)] step: i64,
) {
    let app = TestApp::start(on).await;
    goes_on(&app, 0).await;
    app.step_clock(step);
    goes_on(&app, 1).await;
    app.step_clock(-step);
    goes_on(&app, 2).await;
}

#[rstest]
#[tokio::test]
async fn what_is_over_does_not_come_back_with_the_time(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let gone = app.sign_up("jane@example.com").await;
    let reused = app.signed_in("jane@example.com").await;
    app.me(&gone.access).await.ok(200);
    app.refresh(&reused.refresh).await.ok(200);
    app.advance_secs(11);
    app.refresh(&reused.refresh).await.problem(401, "refresh_token_reused");
    app.request("POST", "/auth/logout").bearer(&gone.access).send().await.ok(200);
    for step in [-HOUR, 3 * HOUR, -YEAR, YEAR] {
        app.step_clock(step);
        for someone in [&gone, &reused] {
            let answer = app.me(&someone.access).await;
            assert_eq!(answer.status.as_u16(), 401, "{answer:?}");
            app.refresh(&someone.refresh).await.problem(401, "invalid_refresh_token");
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_access_token_is_good_in_its_own_ten_minutes_and_in_no_others(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(false, true)] known: bool,
) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    assert_eq!(life(&jane.access), 600);
    app.follow().await;
    if known {
        app.me(&jane.access).await.ok(200);
    }
    for (step, expected) in [
        (-HOUR, "invalid_access_token"),
        (2 * HOUR, "access_token_expired"),
        (-HOUR + 599, ""),
        (1, "access_token_expired"),
        (YEAR, "access_token_expired"),
    ] {
        app.step_clock(step);
        app.follow().await;
        assert_eq!(code(&app.me(&jane.access).await), expected, "after {step}");
    }
}

#[rstest]
#[tokio::test]
async fn what_a_node_remembers_is_a_minute_old_at_most_also_when_the_clock_was_put_back(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.follow().await;
    app.me(&jane.access).await.ok(200);
    app.step_clock(-HOUR);
    app.follow().await;
    let (access, _) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    app.me(&access).await.ok(200);
    app.deactivate("jane@example.com").await;
    app.advance_secs(60);
    app.follow().await;
    app.me(&access).await.problem(401, "session_ended");
}

#[rstest]
#[tokio::test]
async fn a_session_that_goes_on_while_the_clock_is_back_ends_no_later(#[values(Sqlite, Postgres)] on: Database) {
    const WEEK: i64 = 7 * 24 * HOUR;
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.step_clock(-HOUR);
    let (access, refresh) = tokens(&app.refresh(&jane.refresh).await.ok(200));
    assert_eq!(life(&access), 600);
    app.me(&access).await.ok(200);
    // A week from the refresh, by the clock of then; the hour is not given twice.
    app.step_clock(HOUR);
    app.me(&access).await.problem(401, "access_token_expired");
    app.step_clock(WEEK - HOUR);
    app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_node_whose_clock_is_a_year_ahead_ends_nobodys_session(#[values(Sqlite, Postgres)] on: Database) {
    let here = TestApp::start(on).await;
    let jane = here.sign_up("jane@example.com").await;
    let there = here.beside_at(YEAR).await;
    there.me(&jane.access).await.problem(401, "access_token_expired");
    there.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
    there.tend_keys().await;
    goes_on(&there, 1).await;
    here.tend_keys().await;
    here.follow().await;
    here.me(&jane.access).await.ok(200);
    let (access, _) = tokens(&here.refresh(&jane.refresh).await.ok(200));
    here.me(&access).await.ok(200);
    // What it signs is of a time that has not come.
    let early = there.signed_in("jane@example.com").await;
    here.me(&early.access).await.problem(401, "invalid_access_token");
    goes_on(&here, 2).await;
}

#[rstest]
#[tokio::test]
async fn a_node_whose_clock_is_an_hour_back_lets_nobody_in_again(#[values(Sqlite, Postgres)] on: Database) {
    let here = TestApp::start(on).await;
    let there = here.beside_at(-HOUR).await;
    let jane = here.sign_up("jane@example.com").await;
    there.me(&jane.access).await.problem(401, "invalid_access_token");
    let (access, refresh) = tokens(&there.refresh(&jane.refresh).await.ok(200));
    assert_eq!(life(&access), 600);
    there.me(&access).await.ok(200);
    here.me(&access).await.problem(401, "access_token_expired");
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "a louder harbour at noon" });
    let elsewhere = here.signed_in("jane@example.com").await;
    here.request("POST", "/auth/change-password").bearer(&elsewhere.access).json(&change).send().await.ok(200);
    there.follow().await;
    there.me(&access).await.problem(401, "session_ended");
    there.refresh(&refresh).await.problem(401, "invalid_refresh_token");
    there.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    goes_on(&there, 1).await;
}

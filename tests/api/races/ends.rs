//! What ends a session or changes who somebody is, sent at the same moment as requests that would open or prolong one.
//! Whoever is let in meanwhile got in before the end, and is out after it.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, SignedIn, TestApp},
    jwt::{claims, header, tokens},
    request::Request,
};

const ROUNDS: usize = 6;
const OTHERS: usize = 8;
const NEW: &str = "a louder harbour at noon";

/// Sends one request and many others at the same moment: none before all of them are ready. Which of them the server
/// sees first is another one each round.
async fn at_once(round: usize, one: Request, others: Vec<Request>) -> (Answer, Vec<Answer>) {
    let mut all = others;
    let place = round % (all.len() + 1);
    all.insert(place, one);
    let ready = Barrier::new(all.len());
    let sent = all.into_iter().map(|request| async {
        ready.wait().await;
        request.send().await
    });
    let mut answers = join_all(sent).await;
    (answers.remove(place), answers)
}

fn sign_in(app: &TestApp, email: &str) -> Request {
    app.request("POST", "/auth/login").json(&json!({ "email": email, "password": PASSWORD }))
}

fn refresh(app: &TestApp, someone: &SignedIn) -> Request {
    app.request("POST", "/auth/refresh").json(&json!({ "refreshToken": someone.refresh }))
}

/// Sign-ins and refreshes in turn.
fn comings(app: &TestApp, email: &str, someone: &SignedIn) -> Vec<Request> {
    (0..OTHERS).map(|n| if n % 2 == 0 { sign_in(app, email) } else { refresh(app, someone) }).collect()
}

fn act(app: &TestApp, admin: &SignedIn, method: &str, path: &str) -> Request {
    app.request(method, &format!("/auth/admin{path}")).bearer(&admin.access)
}

fn id(someone: &SignedIn) -> String {
    claims(&someone.access)["sub"].as_str().expect("an id").to_owned()
}

/// Those whom an answer let in are out by now.
async fn are_out(app: &TestApp, answers: &[Answer]) {
    for answer in answers.iter().filter(|answer| answer.status.is_success()) {
        let (access, refresh) = tokens(&answer.body);
        app.me(&access).await.problem(401, "session_ended");
        app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
    }
}

/// Each was let in, or refused for this reason.
#[track_caller]
fn refused_for(answers: &[Answer], codes: &[&str]) {
    for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
        let code = answer.body["code"].as_str().unwrap_or_default();
        assert!(codes.contains(&code), "{answer:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stays_who_comes_in_while_the_account_is_deactivated(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let jane = app.sign_up(&email).await;
        let deactivate = act(&app, &root, "POST", &format!("/users/{}/deactivate", id(&jane)));
        let (answer, answers) = at_once(round, deactivate, comings(&app, &email, &jane)).await;
        answer.ok(200);
        refused_for(&answers, &["account_deactivated", "invalid_refresh_token"]);
        are_out(&app, &answers).await;
        app.me(&jane.access).await.problem(401, "session_ended");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stays_who_comes_in_while_the_account_is_deleted(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("0s", "3d")] grace: &str,
) {
    let app = TestApp::start_with(on, &[("ACCOUNT__DELETION_GRACE", grace)]).await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let jane = app.sign_up(&email).await;
        let delete = app.request("DELETE", "/auth/me").bearer(&jane.access).json(&json!({ "password": PASSWORD }));
        let (answer, answers) = at_once(round, delete, comings(&app, &email, &jane)).await;
        answer.ok(200);
        refused_for(&answers, &["invalid_credentials", "deletion_pending", "invalid_refresh_token"]);
        are_out(&app, &answers).await;
        app.me(&jane.access).await.problem(401, "session_ended");
        let code = if grace == "0s" { (401, "invalid_credentials") } else { (403, "deletion_pending") };
        app.log_in(&email).await.problem(code.0, code.1);
    }
    if grace == "0s" {
        for table in ["users", "sessions", "password_credentials", "candidate_profiles", "outbox"] {
            assert_eq!(app.rows(table).await, 0, "{table}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stays_who_comes_in_with_the_old_password_while_it_is_changed(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let elsewhere = app.sign_up(&email).await;
        let jane = app.signed_in(&email).await;
        let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
        let change = app.request("POST", "/auth/change-password").bearer(&jane.access).json(&change);
        let (answer, answers) = at_once(round, change, comings(&app, &email, &elsewhere)).await;
        answer.ok(200);
        refused_for(&answers, &["invalid_credentials", "invalid_refresh_token"]);
        are_out(&app, &answers).await;
        app.me(&jane.access).await.ok(200);
        app.log_in(&email).await.problem(401, "invalid_credentials");
        app.post("/auth/login", &json!({ "email": email, "password": NEW })).await.ok(200);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_changes_of_one_password_one_is_made(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let jane = app.sign_up(&email).await;
        let change = |n: usize| {
            let body = json!({ "currentPassword": PASSWORD, "newPassword": format!("{NEW} {n}") });
            app.request("POST", "/auth/change-password").bearer(&jane.access).json(&body)
        };
        let (first, answers) = at_once(0, change(0), (1..OTHERS).map(change).collect()).await;
        let answers = [vec![first], answers].concat();
        let made: Vec<_> = (0..OTHERS).filter(|n| answers[*n].status.is_success()).collect();
        assert_eq!(made.len(), 1, "{answers:?}");
        refused_for(&answers, &["invalid_credentials"]);
        let login = json!({ "email": email, "password": format!("{NEW} {}", made[0]) });
        app.post("/auth/login", &login).await.ok(200);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_from_another_device_outlives_no_refresh(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let lost = app.sign_up(&email).await;
        let jane = app.signed_in(&email).await;
        let path = format!("/auth/sessions/{}", claims(&lost.access)["sid"].as_str().expect("an id"));
        let end = app.request("DELETE", &path).bearer(&jane.access);
        let (answer, answers) = at_once(round, end, (0..OTHERS).map(|_| refresh(&app, &lost)).collect()).await;
        answer.ok(200);
        refused_for(&answers, &["invalid_refresh_token"]);
        are_out(&app, &answers).await;
        app.me(&jane.access).await.ok(200);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_from_before_a_change_of_role_is_good_after_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let root = app.admin("root@example.com").await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let jane = app.sign_up(&email).await;
        let role = json!({ "role": "EMPLOYER", "company": "Tech Corp" });
        let change = act(&app, &root, "PATCH", &format!("/users/{}", id(&jane))).json(&role);
        let (answer, answers) = at_once(round, change, comings(&app, &email, &jane)).await;
        answer.ok(200);
        refused_for(&answers, &[]);
        for answer in answers {
            let (access, _) = tokens(&answer.ok(200));
            let me = app.me(&access).await;
            if claims(&access)["role"] == "EMPLOYER" {
                assert_eq!(me.ok(200)["user"]["role"], "EMPLOYER");
            } else {
                me.problem(401, "stale_claims");
            }
        }
        app.me(&jane.access).await.problem(401, "stale_claims");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_of_a_key_is_good_after_the_key_was_revoked(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.admin("root@example.com").await;
    for round in 0..ROUNDS {
        let email = format!("jane{round}@example.com");
        let jane = app.sign_up(&email).await;
        let root = app.signed_in("root@example.com").await;
        let kid = header(&root.access)["kid"].clone();
        let revoke = act(&app, &root, "POST", &format!("/keys/{}/revoke", kid.as_str().expect("a kid")));
        let (answer, answers) = at_once(round, revoke, comings(&app, &email, &jane)).await;
        answer.ok(200);
        refused_for(&answers, &[]);
        for answer in answers {
            let (access, refresh) = tokens(&answer.ok(200));
            let me = app.me(&access).await;
            if header(&access)["kid"] == kid {
                me.problem(401, "invalid_access_token");
                let (access, _) = tokens(&app.refresh(&refresh).await.ok(200));
                app.me(&access).await.ok(200);
            } else {
                me.ok(200);
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_many_follow_changes_the_address_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for round in 0..ROUNDS {
        let jane = app.sign_up(&format!("jane{round}@example.com")).await;
        let new = format!("joan{round}@example.com");
        let change = json!({ "newEmail": new, "password": PASSWORD });
        app.request("POST", "/auth/change-email").bearer(&jane.access).json(&change).send().await.ok(202);
        let token = app.mail_to(&new).await.token().to_owned();
        let follow = |_| app.request("POST", "/auth/confirm-email").json(&json!({ "token": token }));
        let (first, answers) = at_once(0, follow(0), (1..OTHERS).map(follow).collect()).await;
        let answers = [vec![first], answers].concat();
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "{answers:?}");
        refused_for(&answers, &["invalid_token"]);
        app.log_in(&new).await.ok(200);
    }
}

/// Two administrators, each of whom does this to the other at the same moment.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_remove_each_other_one_stays(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("deactivate", "demote", "delete")] how: &str,
) {
    let app = TestApp::start(on).await;
    let admins = ["one@example.com", "other@example.com"];
    let (mut one, mut other) = (app.admin(admins[0]).await, app.admin(admins[1]).await);
    for round in 0..ROUNDS {
        let remove = |by: &SignedIn, whom: &SignedIn| {
            let path = format!("/users/{}", id(whom));
            match how {
                "deactivate" => act(&app, by, "POST", &format!("{path}/deactivate")),
                "demote" => act(&app, by, "PATCH", &path).json(&json!({ "role": "CANDIDATE" })),
                _ => act(&app, by, "DELETE", &path),
            }
        };
        let (first, second) = at_once(round, remove(&one, &other), vec![remove(&other, &one)]).await;
        let second = second.into_iter().next().expect("an answer");
        let answers = [first, second];
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "{answers:?}");
        refused_for(&answers, &["session_ended", "stale_claims", "forbidden", "last_admin"]);
        let stays = usize::from(!answers[0].status.is_success());
        let winner = app.signed_in(admins[stays]).await;
        assert_eq!(count_admins(&app, &winner).await, 1);
        // Once more, with one that is made anew.
        let gone = format!("/users/{}", id(if stays == 0 { &other } else { &one }));
        if how == "deactivate" {
            act(&app, &winner, "POST", &format!("{gone}/activate")).send().await.ok(200);
        } else if how == "demote" {
            act(&app, &winner, "PATCH", &gone).json(&json!({ "role": "ADMIN" })).send().await.ok(200);
        } else {
            app.admin(admins[1 - stays]).await;
        }
        (one, other) = (app.signed_in(admins[0]).await, app.signed_in(admins[1]).await);
    }
}

async fn count_admins(app: &TestApp, admin: &SignedIn) -> usize {
    let path = "/users?role=ADMIN&active=true";
    let listed: Value = act(app, admin, "GET", path).send().await.ok(200);
    listed["users"].as_array().expect("users").len()
}

//! What is remembered of those who were let in: never more than is true.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    app::{Database, Database::*, PASSWORD, SignedIn, TestApp},
    jwt::claims,
};

/// Whom the server knows: their next request asks no database.
async fn known(app: &TestApp, email: &str) -> SignedIn {
    let someone = app.proven(email).await;
    app.follow().await;
    app.me(&someone.access).await.ok(200);
    someone
}

fn claim(someone: &SignedIn, name: &str) -> String {
    claims(&someone.access)[name].as_str().expect("a text").to_owned()
}

#[rstest]
#[tokio::test]
async fn a_request_of_someone_who_was_let_in_before_asks_no_database(#[values(Sqlite, Postgres)] on: Database) {
    // Longer than all of this takes on a busy machine.
    let app = TestApp::start_with(on, &[("GATE__MAX_STALENESS", "20s")]).await;
    let jane = known(&app, "jane@example.com").await;
    let before = app.me(&jane.access).await.ok(200);
    for table in ["sessions", "users", "candidate_profiles", "revocations", "revocation_position", "signing_keys"] {
        app.sql(&format!("ALTER TABLE {table} RENAME TO {table}_is_not_there")).await;
    }
    for _ in 0..100 {
        assert_eq!(app.me(&jane.access).await.ok(200), before);
    }
    let stranger = app.request("GET", "/auth/sessions").bearer(&jane.access).send().await;
    stranger.problem(503, "unavailable");
}

#[rstest]
#[tokio::test]
async fn whatever_ends_a_session_ends_it_for_the_next_request(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("log-out", "by-refresh-token", "log-out-everywhere", "revoke", "reused", "password", "admin", "deleted")]
    by: &str,
) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let jane = known(&app, "jane@example.com").await;
    let (id, session) = (claim(&jane, "sub"), claim(&jane, "sid"));
    let elsewhere = app.signed_in("jane@example.com").await;
    let delete = |path: String, who: &SignedIn| app.request("DELETE", &path).bearer(&who.access);
    let post = |path: &str, who: &SignedIn| app.request("POST", path).bearer(&who.access);
    app.me(&jane.access).await.ok(200);
    match by {
        "log-out" => post("/auth/logout", &jane).send().await.ok(200),
        "by-refresh-token" => app.post("/auth/logout", &json!({ "refreshToken": jane.refresh })).await.ok(200),
        "log-out-everywhere" => post("/auth/logout-all", &elsewhere).send().await.ok(200),
        "revoke" => delete(format!("/auth/sessions/{session}"), &elsewhere).send().await.ok(200),
        "reused" => {
            app.refresh(&jane.refresh).await.ok(200);
            app.me(&jane.access).await.ok(200);
            app.advance_secs(11);
            app.refresh(&jane.refresh).await.problem(401, "refresh_token_reused")
        }
        "password" => {
            let change = json!({ "currentPassword": PASSWORD, "newPassword": "a louder harbour at noon" });
            post("/auth/change-password", &elsewhere).json(&change).send().await.ok(200)
        }
        "admin" => delete(format!("/auth/admin/users/{id}/sessions"), &admin).send().await.ok(200),
        _ => delete(format!("/auth/admin/users/{id}"), &admin).send().await.ok(200),
    };
    app.me(&jane.access).await.problem(401, "session_ended");
}

#[rstest]
#[tokio::test]
async fn a_change_of_role_makes_the_next_request_stale(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let jane = known(&app, "jane@example.com").await;
    let path = format!("/auth/admin/users/{}", claim(&jane, "sub"));
    let change = json!({ "role": "EMPLOYER", "company": "Tech Corp" });
    app.request("PATCH", &path).bearer(&admin.access).json(&change).send().await.ok(200);
    app.me(&jane.access).await.problem(401, "stale_claims");
    let refreshed = app.refresh(&jane.refresh).await.ok(200);
    let me = app.me(refreshed["tokens"]["accessToken"].as_str().expect("a token")).await.ok(200);
    assert_eq!((&me["user"]["role"], &me["profile"]["type"]), (&json!("EMPLOYER"), &json!("EMPLOYER")));
    app.request("POST", &format!("{path}/deactivate")).bearer(&admin.access).send().await.ok(200);
    app.me(&jane.access).await.problem(401, "session_ended");
}

#[rstest]
#[tokio::test]
async fn whoever_changes_something_sees_it_in_the_next_answer(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = known(&app, "jane@example.com").await;
    let see = async |pointer: &str| app.me(&jane.access).await.ok(200).pointer(pointer).cloned();
    assert_eq!(see("/profile/title").await, Some(Value::Null));
    let change = json!({ "firstName": "Joan", "profile": { "title": "Engineer" } });
    app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await.ok(200);
    assert_eq!(see("/profile/title").await, Some(json!("Engineer")));
    assert_eq!(see("/user/firstName").await, Some(json!("Joan")));
    app.advance_secs(5);
    app.log_in("jane@example.com").await.ok(200);
    assert_eq!(see("/user/lastLoginAt").await, Some(json!("2026-01-01T12:00:05Z")));
}

/// Many ask while one signs out. Whoever asks after the sign-out was answered is refused.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_that_begins_after_a_sign_out_was_answered_is_let_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.proven("jane@example.com").await;
    app.follow().await;
    for round in 0..15 {
        let jane = app.signed_in("jane@example.com").await;
        if round % 2 == 0 {
            // Every other round they are being looked up for the first time.
            app.me(&jane.access).await.ok(200);
        }
        let asking = async {
            for _ in 0..3 {
                join_all((0..8).map(|_| app.me(&jane.access))).await;
            }
        };
        let leaving = async {
            app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
            for answer in join_all((0..8).map(|_| app.me(&jane.access))).await {
                answer.problem(401, "session_ended");
            }
        };
        tokio::join!(asking, leaving);
        app.me(&jane.access).await.problem(401, "session_ended");
    }
}

#[rstest]
#[tokio::test]
async fn what_another_node_has_ended_is_known_when_the_log_was_read(#[values(Sqlite, Postgres)] on: Database) {
    let here = TestApp::start(on).await;
    let there = here.beside().await;
    let jane = known(&here, "jane@example.com").await;
    there.follow().await;
    there.me(&jane.access).await.ok(200);
    there.me(&jane.access).await.ok(200);
    here.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    there.follow().await;
    there.me(&jane.access).await.problem(401, "session_ended");
}

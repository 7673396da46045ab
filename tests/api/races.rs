//! Many requests at once.

mod ends;

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, TestApp, person},
    jwt::tokens,
};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_of_one_token_give_one_successor(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let mut token = jane.refresh;
    for round in 0..100 {
        let answers = join_all((0..50).map(|_| app.refresh(&token))).await;
        let successors: HashSet<_> = answers.into_iter().map(|answer| tokens(&answer.ok(200)).1).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        token = successors.into_iter().next().expect("one");
    }
    let (access, _) = tokens(&app.refresh(&token).await.ok(200));
    app.me(&access).await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ups_that_race_for_an_address_make_one_user(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let spellings = ["jane@example.com", "Jane@example.com", "JANE@EXAMPLE.COM"];
    let answers = join_all((0..24).map(|n| {
        let body = person(spellings[n % spellings.len()]);
        let app = &app;
        async move { app.post("/auth/register", &body).await }
    }))
    .await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1);
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
        answer.problem(400, "user_already_exists");
    }
    for (table, rows) in [("users", 1), ("candidate_profiles", 1), ("sessions", 1), ("outbox", 1)] {
        assert_eq!(app.rows(table).await, rows, "{table}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_among_refreshes_leaves_no_live_token(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for n in 0..10 {
        let jane = app.sign_up(&format!("jane{n}@example.com")).await;
        let refreshes = join_all((0..8).map(|_| app.refresh(&jane.refresh)));
        let logout = app.request("POST", "/auth/logout").bearer(&jane.access).send();
        let (answers, logout) = tokio::join!(refreshes, logout);
        logout.ok(200);
        for answer in answers.into_iter().filter(|answer| answer.status.is_success()) {
            let (access, refresh) = tokens(&answer.body);
            app.me(&access).await.problem(401, "session_ended");
            app.refresh(&refresh).await.problem(401, "invalid_refresh_token");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn usernames_are_unique_among_racing_changes(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut people = Vec::new();
    for n in 0..8 {
        people.push(app.sign_up(&format!("person{n}@example.com")).await);
    }
    let change = json!({ "username": "wanted" });
    let answers = join_all(
        people.iter().map(|person| app.request("PATCH", "/auth/me").bearer(&person.access).json(&change).send()),
    )
    .await;
    let won = answers.iter().filter(|answer| answer.status.as_u16() == 200).count();
    assert_eq!(won, 1);
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 200) {
        answer.problem(409, "username_taken");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_writers_on_sqlite_for_thirty_seconds_never_find_it_locked() {
    let app = TestApp::start(Sqlite).await;
    let mut people = Vec::new();
    for n in 0..64 {
        people.push(app.sign_up(&format!("writer{n}@example.com")).await);
    }
    let begin = Instant::now();
    let written = join_all(people.into_iter().map(|mut person| {
        let app = &app;
        async move {
            let mut written = 0_u32;
            while begin.elapsed() < Duration::from_secs(30) {
                let (access, refresh) = tokens(&app.refresh(&person.refresh).await.ok(200));
                let change = json!({ "profile": { "title": format!("Writer {written}") } });
                app.request("PATCH", "/auth/me").bearer(&access).json(&change).send().await.ok(200);
                person.refresh = refresh;
                written += 2;
            }
            written
        }
    }))
    .await;
    assert!(written.iter().all(|&count| count > 0), "a writer starved: {written:?}");
}

//! `kill -9` in the middle of everything.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::{StreamExt as _, future::join_all, stream};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    harness::{Fleet, Node, PASSWORD, number},
    size::{Size, print},
    writer::{Account, insist, write},
};

const WRITERS: usize = 20;
/// How many clients check at once what they were told.
const CHECKS: usize = 8;

/// A refresh whose answer was lost is asked for again when the process is back, which on a slow machine takes longer than
/// people wait. Wrong passwords are not what this is about.
const SETTINGS: [(&str, &str); 2] = [("TOKENS__REFRESH_REUSE_GRACE", "1m"), ("THROTTLE__ENABLED", "false")];

/// Twenty write, until so many things are done; then the process is killed.
async fn write_until_killed(node: &Node, round: usize, enough: usize) -> (Vec<Account>, Vec<String>) {
    let (done, killed) = (AtomicUsize::new(0), Notify::new());
    let acknowledged = || {
        if done.fetch_add(1, Ordering::Relaxed) + 1 == enough {
            killed.notify_one();
        }
    };
    let writers = join_all((0..WRITERS).map(|writer| async move {
        let (mut accounts, mut maybe) = (Vec::new(), Vec::new());
        let name = format!("writer-{round}-{writer}");
        write(node, &name, acknowledged, &mut accounts, &mut maybe).await;
        (accounts, maybe)
    }));
    let kill = async {
        killed.notified().await;
        node.kill();
    };
    let (written, ()) = tokio::join!(writers, kill);
    let (accounts, maybe): (Vec<_>, Vec<_>) = written.into_iter().unzip();
    (accounts.into_iter().flatten().collect(), maybe.into_iter().flatten().collect())
}

/// Of a sign-up that was never acknowledged there is all or nothing.
async fn is_whole_or_nothing(node: &Node, email: &str) -> Result<(), String> {
    let body = json!({ "email": email, "password": PASSWORD });
    let reply = insist(|| node.request(Method::POST, "/auth/login").json(&body)).await;
    match reply.outcome().as_str() {
        "200" | "401 invalid_credentials" => Ok(()),
        _ => Err(format!("{email}: {reply:?}")),
    }
}

async fn nothing_is_lost_by(database: ScratchDatabase, what: &str) {
    let size = Size::of_this_run();
    let mut fleet = Fleet::without_nodes(database, &SETTINGS);
    fleet.add(&[&[]]).await;
    let (node, rows) = (&fleet.nodes[0], fleet.rows().await);
    let (mut starts, mut everyone, mut told) = (Vec::new(), Vec::new(), 0);
    for round in 0..size.kills {
        // Another moment each time: among the first sign-ups, or when every writer is at something else.
        let enough = 5 + round * 37 % 240;
        let (accounts, maybe) = write_until_killed(node, round, enough).await;
        let begun = Instant::now();
        node.start();
        node.ready().await;
        starts.push(begun.elapsed());
        let checks = stream::iter(&accounts).map(|account| account.check(node)).buffer_unordered(CHECKS);
        let mut found: Vec<_> = checks.collect().await;
        let checks = stream::iter(&maybe).map(|email| is_whole_or_nothing(node, email)).buffer_unordered(CHECKS);
        found.extend(checks.collect::<Vec<_>>().await);
        let wrong: Vec<_> = found.into_iter().filter_map(Result::err).collect();
        let troubles = fleet.troubles();
        assert!(wrong.is_empty(), "kill {round}, after {enough} answers: {wrong:#?}\n{troubles}");
        assert!(!troubles.contains("panicked"), "kill {round}, after {enough} answers:\n{troubles}");
        // All or nothing: each user has a password, a profile, and a link to prove the address.
        let users = number(&rows, "SELECT COUNT(*) FROM users").await;
        for table in ["password_credentials", "candidate_profiles", "one_time_tokens"] {
            let there = number(&rows, &format!("SELECT COUNT(DISTINCT user_id) FROM {table}")).await;
            assert_eq!(there, users, "{table}, kill {round}, after {enough} answers");
        }
        told += enough;
        everyone.extend(accounts.into_iter().map(|account| account.email));
    }
    // And of those whom the first kills met, none is gone since.
    let logins = stream::iter(&everyone).map(|email| async move {
        let body = json!({ "email": email, "password": PASSWORD });
        (insist(|| node.request(Method::POST, "/auth/login").json(&body)).await.outcome(), email)
    });
    let gone: Vec<_> =
        logins.buffer_unordered(CHECKS).filter(|(outcome, _)| std::future::ready(outcome != "200")).collect().await;
    assert!(gone.is_empty(), "{gone:?}");
    println!("{what}: {told} acknowledged writes and more, {} accounts, none lost", everyone.len());
    println!("| | kills | p50 ms | max ms |\n|---|---|---|---|");
    let slow: Vec<_> = starts.iter().filter(|start| **start > size.ready_within).collect();
    assert!(slow.is_empty(), "not ready within {:?}: {slow:?}", size.ready_within);
    print(&format!("{what}, from the start of the process until it is ready"), starts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_by_a_kill_on_sqlite() {
    nothing_is_lost_by(ScratchDatabase::sqlite(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_by_a_kill_on_postgresql() {
    nothing_is_lost_by(ScratchDatabase::postgres().await, "PostgreSQL").await;
}

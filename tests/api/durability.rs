//! Every acknowledged write survives `kill -9`, and no half user is left behind.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, PASSWORD, count, person},
    processes::Process,
};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_kill_is_there_after_it(#[values(Sqlite, Postgres)] on: Database) {
    let dir = tempfile::tempdir().expect("a folder");
    let database = match on {
        Sqlite => ScratchDatabase::sqlite(),
        Postgres => ScratchDatabase::postgres().await,
    };
    let acknowledged = Mutex::new(Vec::new());
    let serial = AtomicUsize::new(0);
    for _ in 0..5 {
        let process = Process::start(dir.path(), database.url()).await;
        let enough = AtomicUsize::new(0);
        let writers = join_all((0..8).map(|_| async {
            while enough.load(Ordering::Relaxed) < 40 {
                let email = format!("writer{}@example.com", serial.fetch_add(1, Ordering::Relaxed));
                match process.post("/auth/register", &person(&email)).await {
                    Some(answer) => {
                        answer.ok(201);
                        acknowledged.lock().expect("not poisoned").push(email);
                        enough.fetch_add(1, Ordering::Relaxed);
                    }
                    None => return,
                }
            }
        }));
        // The kill comes while every writer is writing: after 20 of the 40 answers.
        let killer = async {
            while enough.load(Ordering::Relaxed) < 20 {
                tokio::task::yield_now().await;
            }
            process.kill();
        };
        tokio::join!(writers, killer);
    }

    let process = Process::start(dir.path(), database.url()).await;
    let acknowledged = acknowledged.into_inner().expect("not poisoned");
    assert!(acknowledged.len() >= 100, "{}", acknowledged.len());
    for email in &acknowledged {
        let login = json!({ "email": email, "password": PASSWORD });
        process.post("/auth/login", &login).await.expect("an answer").ok(200);
    }
    drop(process);
    // All or nothing: each user has a password, a profile, a token to prove the address and a mail.
    let users = count(database.url(), "users").await;
    for table in ["password_credentials", "candidate_profiles", "one_time_tokens", "outbox"] {
        assert_eq!(count(database.url(), table).await, users, "{table}");
    }
}

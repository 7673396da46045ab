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
    app::{Database, Database::*, PASSWORD, TestApp, count, person},
    mail::Mail,
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
    for table in ["password_credentials", "candidate_profiles", "one_time_tokens"] {
        assert_eq!(count(database.url(), table).await, users, "{table}");
    }
    // Sent, or still waiting to be.
    let mut told: Vec<_> = Mail::read_all(&dir.path().join("data/mail")).into_iter().map(|mail| mail.to).collect();
    told.sort();
    told.dedup();
    assert!(i64::try_from(told.len()).expect("few") + count(database.url(), "outbox").await >= users);
}

/// What a sign-up writes to.
const WRITTEN: [&str; 6] =
    ["users", "password_credentials", "candidate_profiles", "one_time_tokens", "outbox", "sessions"];

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged_before_or_after() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = ScratchDatabase::sqlite();
    let process = Process::launch_with(dir.path(), database.url(), "trap '' XFSZ; ulimit -S -f 600;");
    process.ready().await;
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    let sign_up = async |n: usize| {
        let email = format!("person{n}@example.com");
        let answer = process.post("/auth/register", &person(&email)).await.expect("an answer");
        if answer.status.as_u16() == 201 {
            return Some(email);
        }
        answer.problem(503, "unavailable");
        None
    };
    for n in 0..1_000 {
        match sign_up(n).await {
            Some(email) => acknowledged.push(email),
            None => refused += 1,
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk did not fill");
    process.lift_file_limit();
    for n in 1_000..1_020 {
        acknowledged.extend(sign_up(n).await);
    }
    process.kill();

    let process = Process::start(dir.path(), database.url()).await;
    assert!(acknowledged.len() >= 20, "{acknowledged:?}");
    for email in &acknowledged {
        let login = json!({ "email": email, "password": PASSWORD });
        process.post("/auth/login", &login).await.expect("an answer").ok(200);
    }
}

#[tokio::test]
async fn mails_that_a_full_disk_kept_back_are_written_when_there_is_room() {
    const PEOPLE: i64 = 5;
    let dir = tempfile::tempdir().expect("a folder");
    let database = ScratchDatabase::postgres().await;
    // No mail is as short.
    let process = Process::launch_with(dir.path(), database.url(), "trap '' XFSZ; ulimit -S -f 1;");
    process.ready().await;
    for n in 0..PEOPLE {
        let answer = process.post("/auth/register", &person(&format!("person{n}@example.com"))).await;
        answer.expect("an answer").ok(201);
    }
    let waiting = async |which: &str| count(database.url(), &format!("outbox{which}")).await;
    while waiting(" WHERE attempts > 0").await < PEOPLE {
        tokio::task::yield_now().await;
    }
    let mails = || Mail::read_all(&dir.path().join("data/mail"));
    assert!(mails().is_empty(), "half a mail is none");
    process.lift_file_limit();
    let rows = sea_orm::Database::connect(database.url()).await.expect("the database answers");
    while waiting("").await > 0 {
        // Nobody waits here for as long as the worker does between two tries.
        let due = "UPDATE outbox SET due_at = created_at";
        sea_orm::ConnectionTrait::execute_unprepared(&rows, due).await.expect("the statement is good");
    }
    let mut told: Vec<_> = mails().into_iter().map(|mail| mail.to).collect();
    told.sort();
    assert_eq!(told, (0..PEOPLE).map(|n| format!("person{n}@example.com")).collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn a_sign_up_that_fails_at_any_write_leaves_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    if on == Postgres {
        let body = "BEGIN RAISE EXCEPTION 'no more'; END";
        app.sql(&format!("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")).await;
    }
    for table in WRITTEN {
        let action = match on {
            Sqlite => "BEGIN SELECT RAISE(ABORT, 'no more'); END",
            Postgres => "FOR EACH ROW EXECUTE FUNCTION refuse()",
        };
        app.sql(&format!("CREATE TRIGGER refused BEFORE INSERT ON {table} {action}")).await;
        app.post("/auth/register", &person("jane@example.com")).await.problem(503, "unavailable");
        for written in WRITTEN {
            assert_eq!(app.rows(written).await, 0, "{written}, when {table} refused");
        }
        app.sql(&match on {
            Sqlite => "DROP TRIGGER refused".to_owned(),
            Postgres => format!("DROP TRIGGER refused ON {table}"),
        })
        .await;
    }
    app.sign_up("jane@example.com").await;
    for written in WRITTEN {
        assert_eq!(app.rows(written).await, 1, "{written}");
    }
}

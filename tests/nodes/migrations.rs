//! A database whose tables are not those of the node that starts on it.

use doorward_infrastructure::store::scratch::ScratchDatabase;
use rstest::rstest;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::harness::{Fleet, number, patience, until};

#[derive(Clone, Copy, Debug)]
enum On {
    Sqlite,
    Postgres,
}

async fn database(on: On) -> ScratchDatabase {
    match on {
        On::Sqlite => ScratchDatabase::sqlite(),
        On::Postgres => ScratchDatabase::postgres().await,
    }
}

fn said(fleet: &Fleet, arguments: &[&str]) -> String {
    let output = fleet.command(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_serves_a_database_that_a_later_version_has_migrated_further(
    #[values(On::Sqlite, On::Postgres)] on: On,
) {
    const LATER: &str = "m20991231_000001_later";
    let mut fleet = Fleet::without_nodes(database(on).await, &[]);
    said(&fleet, &["migrate", "up"]);
    let rows = fleet.rows().await;
    for statement in [
        "CREATE TABLE later_things (id bigint NOT NULL PRIMARY KEY)".to_owned(),
        "ALTER TABLE users ADD COLUMN later_text text NULL".to_owned(),
        "ALTER TABLE sessions ADD COLUMN later_number bigint NOT NULL DEFAULT 7".to_owned(),
        "CREATE INDEX later_index ON users (later_text)".to_owned(),
        format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{LATER}', 0)"),
    ] {
        rows.execute_unprepared(&statement).await.expect("the statement is good");
    }
    fleet.add(&[&[]]).await;
    let node = &fleet.nodes[0];
    let jane = node.sign_up("jane@example.com").await;
    assert_eq!(node.me(&jane).await, "200");
    let jane = node.refresh(&jane).await;
    let again = node.sign_in("jane@example.com").await;
    let body = serde_json::json!({ "firstName": "Joan" });
    node.ask_as(&again, reqwest::Method::PATCH, "/auth/me", Some(&body)).await.ok();
    node.sign_out(&jane).await;
    assert_eq!((node.me(&jane).await, node.me(&again).await), ("401 session_ended".into(), "200".into()));
    let admin = fleet.admin().await;
    node.ask_as(&admin, reqwest::Method::GET, "/auth/admin/users", None).await.ok();
    node.stop().await;

    // It has neither undone nor forgotten it.
    assert!(said(&fleet, &["migrate", "status"]).contains(&format!("unknown {LATER}")));
    assert_eq!(said(&fleet, &["migrate", "plan"]), "nothing to do\n");
    assert_eq!(said(&fleet, &["migrate", "up"]), "nothing to do\n");
    assert_eq!(number(&rows, "SELECT count(*) FROM sessions WHERE later_number = 7").await, 3);
}

/// Undoes the migration of this name and all that came after it. Says how many.
fn go_back_to_before(fleet: &Fleet, name: &str) -> usize {
    let status = said(fleet, &["migrate", "status"]);
    let steps = status.lines().skip_while(|line| !line.ends_with(name)).count();
    said(fleet, &["migrate", "down", "--steps", &steps.to_string()]);
    steps
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_names_what_would_be_done_and_does_nothing(#[values(On::Sqlite, On::Postgres)] on: On) {
    let fleet = Fleet::without_nodes(database(on).await, &[]);
    let status = said(&fleet, &["migrate", "status"]);
    let plan = said(&fleet, &["migrate", "plan"]);
    for line in status.lines() {
        let name = line.strip_prefix("missing ").expect("an empty database");
        assert!(plan.lines().any(|line| line == name), "{name}: {plan}");
    }
    assert!(plan.contains("CREATE TABLE users"), "{plan}");
    assert_eq!(said(&fleet, &["migrate", "status"]), status);
    let sql = said(&fleet, &["migrate", "plan", "--sql"]);
    assert!(sql.contains("ALTER TABLE \"outbox\" ADD COLUMN"), "{sql}");
    said(&fleet, &["migrate", "up"]);
    assert_eq!(said(&fleet, &["migrate", "plan"]), "nothing to do\n");

    // On tables that people use, it says who waits.
    go_back_to_before(&fleet, "outbox_leases");
    let plan = said(&fleet, &["migrate", "plan"]);
    let waits = match on {
        On::Sqlite => "who writes anything waits",
        On::Postgres => "who reads or writes it waits",
    };
    let line = plan.lines().find(|line| line.contains("ALTER TABLE outbox")).expect("it is altered");
    assert!(line.ends_with(waits), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_that_are_killed_half_way_leave_nothing_and_the_next_start_makes_them() {
    let mut fleet = Fleet::start(1).await;
    let jane = fleet.nodes[0].sign_up("jane@example.com").await;
    fleet.nodes[0].stop().await;
    let undone = go_back_to_before(&fleet, "outbox_leases");
    let before = said(&fleet, &["migrate", "status"]);
    assert_eq!(before.matches("missing").count(), undone, "{before}");

    // The first of them alters the outbox, and gets no further while somebody else has the last table that they touch.
    let rows = fleet.rows().await;
    let other = rows.begin().await.expect("a transaction");
    other.execute_unprepared("LOCK TABLE keys IN ACCESS EXCLUSIVE MODE").await.expect("nobody has it");
    let node = fleet.nodes.remove(0);
    node.start();
    let half_way = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'keys'::regclass";
    until("it is half way", patience(), async || number(&rows, half_way).await == 1).await;
    node.kill();
    other.rollback().await.expect("it ends");
    assert_eq!(said(&fleet, &["migrate", "status"]), before, "all or none");

    node.start();
    node.ready().await;
    assert!(!said(&fleet, &["migrate", "status"]).contains("missing"));
    assert_eq!(node.me(&jane).await, "200");
}

//! `doorward mail`

use doorward_application::ports::{Access, Clock as _, IdGenerator, Lease, Store as _};
use doorward_infrastructure::{clock::SystemClock, uuid_v7::UuidV7};
use rstest::rstest;
use serde_json::Value;

use crate::typed::{Database, Database::*, Doorward};

impl Doorward {
    /// Has the worker fail to send everything.
    async fn park(&self, error: &str) {
        let now = SystemClock.now();
        let mut unit = self.store().await.begin(Access::Write).await.unwrap();
        let lease = Lease { id: UuidV7::default().next(now), until: now + std::time::Duration::from_mins(1) };
        for leased in unit.outbox().lease(lease, now, 100).await.unwrap() {
            unit.outbox().put_off(leased.message.id, lease.id, None, error).await.unwrap();
        }
        unit.commit().await.unwrap();
    }

    fn messages(&self) -> Vec<Value> {
        let listed = self.run("mail list --json").ok();
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[rstest]
#[tokio::test]
async fn messages_are_listed_retried_and_dropped(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.sign_up("jane@example.com").await;
    doorward.sign_up("john@example.com").await;
    doorward.park("550 no\nsuch user").await;
    doorward.sign_up("jill@example.com").await;

    let listed = doorward.run("mail list").ok();
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("ID  ") && lines[0].ends_with("LAST ERROR"), "{listed}");
    assert!(lines[1].contains("  verify_email  ") && lines[1].contains("  parked  "), "{listed}");
    assert!(lines[1].ends_with("  1         550 nosuch user"), "{listed}");
    assert_eq!(lines[4], "1 waiting, 2 parked, 3 shown");
    assert!(!listed.contains("example.com"), "what a message says is sealed: {listed}");
    assert!(doorward.run("mail list --limit 1").ok().ends_with("1 waiting, 2 parked, 1 shown\n"));

    let messages = doorward.messages();
    assert_eq!((&messages[0]["kind"], &messages[0]["dueAt"]), (&Value::from("verify_email"), &Value::Null));
    assert_eq!((&messages[0]["attempts"], &messages[0]["lastError"]), (&1.into(), &"550 no\nsuch user".into()));
    assert!(messages[2]["dueAt"].is_string() && messages[2]["lastError"].is_null());

    let [first, last] = [&messages[0], &messages[2]].map(|message| message["id"].as_str().unwrap());
    assert_eq!(doorward.run(&format!("mail retry {first}")).ok(), "due now: 1\n");
    assert!(doorward.messages()[0]["dueAt"].is_string());
    assert_eq!(doorward.run(&format!("mail drop {last}")).code, Some(1), "it is not parked");
    assert_eq!(doorward.run("mail drop --all").ok(), "dropped: 1\n");
    assert_eq!(doorward.messages().len(), 2);
    assert_eq!(doorward.run("mail drop --all").ok(), "dropped: 0\n");
    doorward.park("421 later").await;
    assert_eq!(doorward.run("mail retry --all").ok(), "due now: 2\n");
}

#[tokio::test]
async fn which_messages_are_meant_must_be_said() {
    let doorward = Doorward::on(Sqlite).await;
    let id = "01900000-0000-7000-8000-000000000001";
    for line in ["mail retry", "mail drop", "mail retry nonsense", &format!("mail drop --all {id}")] {
        assert_eq!(doorward.run(line).code, Some(2), "{line}");
    }
    let ran = doorward.run(&format!("mail retry {id}"));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("there is no message of this id"), "{}", ran.err);
}

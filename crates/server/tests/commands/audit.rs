//! `doorward audit export`

use rstest::rstest;
use serde_json::Value;

use crate::{
    import::line,
    typed::{Database, Database::*, Doorward, PASSWORD},
};

#[rstest]
#[tokio::test]
async fn what_happened_is_handed_over_the_oldest_first(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    // More than a page.
    let users: String =
        (0..1_001).map(|n| line(&format!("user{n}@example.com"), &Value::Object(serde_json::Map::new()))).collect();
    doorward.write("users.jsonl", users);
    doorward.run("users import users.jsonl").ok();
    doorward.log_in("user0@example.com", "wrong horse").await.err().unwrap();
    let user = doorward.log_in("user0@example.com", PASSWORD).await.unwrap().user;

    let exported = doorward.run("audit export").ok();
    let events: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.len() >= 1_003, "{}", events.len());
    assert!(events.is_sorted_by_key(|event| event["id"].to_string()));
    let imported = events.iter().filter(|event| event["type"] == "user_created" && event["detail"] == "imported");
    assert_eq!(imported.count(), 1_001);
    let failed = events.iter().find(|event| event["type"] == "sign_in_failed").unwrap();
    assert_eq!(failed["identifier"].as_str().unwrap().len(), 64);
    let signed_in = events.iter().find(|event| event["type"] == "signed_in").unwrap();
    assert_eq!(signed_in["actorId"], user.id.to_string());
    for name in ["at", "sessionId", "ipAddress", "userAgent", "userId"] {
        assert!(signed_in.get(name).is_some(), "{name}");
    }
    assert!(!exported.contains("example.com"));

    let after = events[1_000]["id"].as_str().unwrap();
    doorward.run(&format!("audit export --after {after} rest.jsonl")).ok();
    let rest: Vec<_> = exported.lines().skip(1_001).collect();
    assert_eq!(doorward.read("rest.jsonl").lines().collect::<Vec<_>>(), rest);
}

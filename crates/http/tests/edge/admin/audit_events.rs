//! The audit log.

use actix_web::test::TestRequest;
use doorward_domain::audit::AuditKind;
use doorward_http::Code;
use serde_json::{Value, json};

use super::{admin, delete, get, path_of, post};
use crate::{
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

const PATH: &str = "/auth/admin/audit-events";

fn types(answer: &Answer) -> Vec<&str> {
    let events = answer.body["events"].as_array().expect("events");
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

#[actix_web::test]
async fn what_an_administrator_does_is_in_the_log_with_who_whom_and_from_where() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let request = TestRequest::post().uri(&path_of(&edge, "jane@example.com", "/deactivate"));
    let request = request.peer_addr("192.0.2.7:4711".parse().unwrap()).insert_header(("user-agent", "my-app/1.2"));
    edge.call(root.bearing(request)).await.expect(200);
    let users = edge.store.users();
    let id = |email: &str| users.iter().find(|user| user.email.typed() == email).unwrap().id.to_string();
    let (root_id, jane_id) = (id("root@example.com"), id("Jane@Example.com"));
    let event = get(&edge, &root, PATH).await.expect(200).body["events"][0].clone();
    let session = edge.store.sessions().into_iter().rfind(|s| s.user_id.to_string() == root_id).unwrap();
    let expected = json!({
        "id": edge.store.audit_events().iter().map(|event| event.id.to_string()).max().unwrap(),
        "at": "2026-01-01T12:00:00.123456Z", "type": "user_deactivated", "actorId": root_id, "userId": jane_id,
        "sessionId": session.id.to_string(), "ipAddress": "192.0.2.7", "userAgent": "my-app/1.2", "detail": null,
    });
    assert_eq!(event, expected);
}

#[actix_web::test]
async fn the_log_is_narrowed_to_a_user_who_may_be_gone_and_to_a_type() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    edge.post("/auth/login", json!({"username": "jane", "password": "wrong"})).await.refused(Code::InvalidCredentials);
    edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.expect(200);
    let jane = path_of(&edge, "jane@example.com", "");
    post(&edge, &root, &format!("{jane}/reset-password")).await.expect(202);
    delete(&edge, &root, &jane).await.expect(200);
    let id = jane.rsplit('/').next().unwrap();
    let about = get(&edge, &root, &format!("{PATH}?user={id}")).await.expect(200);
    let about = types(&about);
    assert_eq!(about[..3], ["account_deleted", "reset_started", "signed_in"]);
    assert!(about.contains(&"signed_up"));
    let both = get(&edge, &root, &format!("{PATH}?user={id}&type=reset_started")).await.expect(200);
    assert_eq!(types(&both), ["reset_started"]);
    let failed = get(&edge, &root, &format!("{PATH}?type=sign_in_failed")).await.expect(200);
    assert_eq!(types(&failed), ["sign_in_failed"]);
    assert!(!failed.text.contains("jane") && !failed.text.contains("wrong"));
    let none = get(&edge, &root, &format!("{PATH}?user={}", super::NOBODY)).await.expect(200);
    assert_eq!(none.body, json!({"success": true, "events": [], "nextCursor": null}));
}

#[actix_web::test]
async fn the_log_comes_in_pages_and_reading_it_leaves_no_entry() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for n in 0..5 {
        edge.person(json!({"email": format!("user{n}@example.com")})).await;
    }
    let whole = pages(&edge, &root, 200).await;
    assert!(whole.len() >= 6);
    assert_eq!(pages(&edge, &root, 2).await, whole);
    let ids: Vec<_> = whole.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a > b));
}

#[test]
fn the_guide_lists_exactly_the_types_there_are() {
    let guide = include_str!("../../../../../docs/topics/administration.md");
    let (_, table) = guide.split_once("| About | Types |").unwrap();
    let mut listed: Vec<_> =
        table.lines().filter(|line| line.starts_with('|')).flat_map(|line| line.split('`')).collect();
    listed.retain(|text| !text.contains(['|', ' ']));
    listed.sort_unstable();
    let mut existing = AuditKind::ALL.map(AuditKind::as_str);
    existing.sort_unstable();
    assert_eq!(listed, existing);
}

async fn pages(edge: &TestEdge, who: &Person, limit: u32) -> Vec<Value> {
    let mut events = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(edge, who, &format!("{PATH}?limit={limit}&cursor={cursor}")).await.expect(200).body;
        events.extend(page["events"].as_array().expect("events").iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return events };
        next.clone_into(&mut cursor);
    }
}

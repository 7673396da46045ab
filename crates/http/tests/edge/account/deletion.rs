//! The end of an account, and its return.

use std::{sync::Arc, time::Duration};

use actix_web::test::TestRequest;
use doorward_http::Code;
use doorward_testkit::{PlainHasher, memory_store::Counts};
use serde_json::{Value, json};

use crate::{
    admin::{admin, admin_at},
    answer::Answer,
    harness::{OURS, PASSWORD, Person, TestEdge, with},
};

async fn delete(edge: &TestEdge, person: &Person, password: &str) -> Answer {
    let request = TestRequest::delete().uri("/auth/me").insert_header(person.cookies()).insert_header(OURS);
    edge.call(request.set_json(json!({"password": password}))).await
}

async fn log_in(edge: &TestEdge, but: Value) -> Answer {
    edge.post("/auth/login", with(json!({"username": "jane", "password": PASSWORD}), but)).await
}

#[actix_web::test]
async fn a_deleted_account_is_closed_at_once_and_says_when_it_goes() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    delete(&edge, &jane, "not the one").await.refused(Code::InvalidCredentials);
    let refused = delete(&edge, &jane, "").await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("password", "required")]);
    let answer = delete(&edge, &jane, PASSWORD).await.expect(200);
    assert_eq!(answer.body["deletesAt"], "2026-01-31T12:00:00.123456Z");
    assert_eq!(answer.set_cookies().len(), 2);
    assert!(answer.set_cookies().iter().all(|cookie| cookie.contains("Max-Age=0")));
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
}

#[actix_web::test]
async fn only_the_right_password_learns_of_it_and_only_the_wish_keeps_the_account() {
    let edge = TestEdge::new();
    delete(&edge, &edge.jane().await, PASSWORD).await.expect(200);
    log_in(&edge, json!({"password": "not the one", "restore": true})).await.refused(Code::InvalidCredentials);
    let refused = log_in(&edge, json!({})).await.refused(Code::DeletionPending);
    assert!(refused.body["detail"].as_str().unwrap().contains("2026-01-31T12:00:00Z"), "{}", refused.text);
    let short = json!({"username": "jane", "password": PASSWORD});
    edge.post("/login", short).await.refused(Code::DeletionPending);
    let jane = Person::of(&log_in(&edge, json!({"restore": true})).await.expect(200));
    edge.call(jane.get("/auth/me")).await.expect(200);
    log_in(&edge, json!({})).await.expect(200);
}

#[actix_web::test]
async fn without_a_grace_it_is_gone_at_once() {
    let mut edge = TestEdge::new();
    edge.keeping.deletion_grace = Duration::ZERO;
    let answer = delete(&edge, &edge.jane().await, PASSWORD).await.expect(200);
    assert_eq!(answer.body["deletesAt"], Value::Null);
    let left = edge.store.counts();
    assert_eq!(left, Counts { audit_events: left.audit_events, ..Counts::default() });
    log_in(&edge, json!({})).await.refused(Code::InvalidCredentials);
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let edge = TestEdge::new();
    let jane = admin(&edge).await;
    delete(&edge, &jane, PASSWORD).await.refused(Code::LastAdmin);
    admin_at(&edge, "john@example.com").await;
    delete(&edge, &jane, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn a_hasher_with_too_much_to_do_deletes_nothing() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.hasher = Arc::new(PlainHasher::overloaded());
    delete(&edge, &jane, PASSWORD).await.refused(Code::Overloaded);
    edge.call(jane.get("/auth/me")).await.expect(200);
}

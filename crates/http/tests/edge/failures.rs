//! When what the edge relies on fails.

use std::{future::pending, sync::Arc};

use actix_web::test::TestRequest;
use async_trait::async_trait;
use doorward_application::ports::{Access, Store, StoreError, UnitOfWork};
use doorward_http::Code;
use doorward_testkit::{FakeSigner, PlainHasher};
use serde_json::json;

use crate::harness::{PASSWORD, TestEdge, sign_up};

/// A store that does what it is told instead of its work.
pub(crate) struct Broken(pub(crate) fn() -> StoreError);

#[async_trait]
impl Store for Broken {
    async fn begin(&self, _: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Err(self.0())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Err(self.0())
    }
}

#[actix_web::test]
async fn a_store_that_is_down_is_unavailable_and_says_no_more() {
    let mut edge = TestEdge::new();
    edge.broken_store = Some(Arc::new(Broken(|| StoreError::new("connection to db.internal refused"))));
    for answer in [
        edge.post("/auth/register", sign_up(json!({}))).await,
        edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await,
        edge.call(TestRequest::get().uri("/health/ready")).await,
    ] {
        let answer = answer.refused(Code::Unavailable);
        assert!(!answer.text.contains("db.internal"));
    }
}

#[actix_web::test]
async fn a_node_without_a_key_is_unavailable_and_not_ready() {
    let mut edge = TestEdge::new();
    edge.jane().await;
    edge.signer = Arc::new(FakeSigner::without_keys());
    for answer in [
        edge.post("/auth/register", sign_up(json!({"email": "john@example.com"}))).await,
        edge.post("/auth/login", json!({"username": "jane@example.com", "password": PASSWORD})).await,
        edge.call(TestRequest::get().uri("/health/ready")).await,
    ] {
        assert_eq!(answer.refused(Code::Unavailable).header("retry-after"), Some("5"));
    }
}

/// A store that never answers.
struct Hanging;

#[async_trait]
impl Store for Hanging {
    async fn begin(&self, _: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        pending().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        pending().await
    }
}

#[actix_web::test]
async fn no_request_waits_for_good() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.broken_store = Some(Arc::new(Hanging));
    // Time passes as soon as there is nothing left but to wait for it.
    tokio::time::pause();
    for request in [
        jane.get("/auth/me"),
        TestRequest::get().uri("/health/ready"),
        TestRequest::post().uri("/auth/register").set_json(sign_up(json!({}))),
        TestRequest::post().uri("/auth/refresh").set_json(json!({"refreshToken": jane.refresh})),
    ] {
        let answer = edge.call(request).await.refused(Code::Unavailable);
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
}

#[actix_web::test]
async fn a_hasher_with_too_much_to_do_is_overloaded() {
    let mut edge = TestEdge::new();
    edge.hasher = Arc::new(PlainHasher::overloaded());
    edge.post("/auth/register", sign_up(json!({}))).await.refused(Code::Overloaded);
    edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.refused(Code::Overloaded);
}

#[actix_web::test]
async fn a_panic_is_the_answer_to_one_request_and_says_nothing() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.broken_store = Some(Arc::new(Broken(|| panic!("the secret is 42"))));
    for answer in [edge.post("/auth/register", sign_up(json!({}))).await, edge.call(jane.get("/auth/me")).await] {
        let answer = answer.refused(Code::InternalError);
        assert!(!answer.text.contains("42"));
    }
}

//! A new password.

use std::sync::Arc;

use doorward_http::Code;
use doorward_testkit::PlainHasher;
use serde_json::json;

use super::{NEW_PASSWORD, change_password, follow, link_to};
use crate::harness::{PASSWORD, Person, TestEdge};

async fn log_in(edge: &TestEdge, password: &str) -> crate::answer::Answer {
    edge.post("/auth/login", json!({"username": "jane", "password": password})).await
}

#[actix_web::test]
async fn a_reset_ends_every_session_and_signs_nobody_in() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let token = link_to(&edge, &jane, "/reset-password").await;
    let answer = follow(&edge, "/reset-password", &token).await.expect(200);
    assert!(answer.body.get("tokens").is_none() && answer.set_cookies().is_empty());
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    log_in(&edge, PASSWORD).await.refused(Code::InvalidCredentials);
    log_in(&edge, NEW_PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn a_password_that_may_not_be_chosen_leaves_the_link_good() {
    let edge = TestEdge::new();
    let token = link_to(&edge, &edge.jane().await, "/reset-password").await;
    for (password, code) in [("", "required"), ("short", "too_short"), ("jane@example.com", "guessable_password")] {
        let refused = edge.post("/auth/reset-password", json!({"token": token, "password": password})).await;
        assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("password", code)]);
    }
    follow(&edge, "/reset-password", &token).await.expect(200);
}

#[actix_web::test]
async fn a_change_needs_the_old_password_and_ends_the_other_sessions() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let other = Person::of(&log_in(&edge, PASSWORD).await.expect(200));
    let refused = change_password(&edge, &jane, "not the one", NEW_PASSWORD).await;
    assert_eq!(refused.refused(Code::InvalidCredentials).header("www-authenticate"), Some("Bearer"));
    let refused = change_password(&edge, &jane, "", "short").await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("newPassword", "too_short")]);
    change_password(&edge, &jane, PASSWORD, NEW_PASSWORD).await.expect(200);
    edge.call(jane.get("/auth/me")).await.expect(200);
    edge.call(other.get("/auth/me")).await.refused(Code::SessionEnded);
    log_in(&edge, NEW_PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn a_hasher_with_too_much_to_do_is_told() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    let token = link_to(&edge, &jane, "/reset-password").await;
    edge.hasher = Arc::new(PlainHasher::overloaded());
    follow(&edge, "/reset-password", &token).await.refused(Code::Overloaded);
    change_password(&edge, &jane, PASSWORD, NEW_PASSWORD).await.refused(Code::Overloaded);
}

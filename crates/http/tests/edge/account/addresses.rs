//! Another address.

use doorward_http::Code;
use serde_json::{Value, json};

use super::{NEW_EMAIL, change_email, follow, link_to};
use crate::harness::{PASSWORD, Person, TestEdge};

async fn address(edge: &TestEdge, person: &Person) -> (Value, Value) {
    let user = edge.call(person.get("/auth/me")).await.expect(200).body["user"].take();
    (user["email"].clone(), user["emailVerified"].clone())
}

#[actix_web::test]
async fn an_address_is_changed_by_the_one_who_reads_its_mail() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let token = link_to(&edge, &jane, "/confirm-email").await;
    assert_eq!(address(&edge, &jane).await, (json!("Jane@Example.com"), json!(false)));
    follow(&edge, "/confirm-email", &token).await.expect(200);
    assert_eq!(address(&edge, &jane).await, (json!(NEW_EMAIL), json!(true)));
}

#[actix_web::test]
async fn a_change_of_address_needs_the_password() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    change_email(&edge, &jane, NEW_EMAIL, "not the one").await.refused(Code::InvalidCredentials);
    let refused = change_email(&edge, &jane, "nobody", PASSWORD).await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("newEmail", "malformed")]);
    let refused = change_email(&edge, &jane, NEW_EMAIL, "").await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("password", "required")]);
}

#[actix_web::test]
async fn whether_the_new_address_has_an_account_is_not_told() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.person(json!({"email": "john@example.com"})).await;
    let free = change_email(&edge, &jane, NEW_EMAIL, PASSWORD).await.expect(202);
    let taken = change_email(&edge, &jane, "john@example.com", PASSWORD).await.expect(202);
    assert_eq!(free.text, taken.text);
}

#[actix_web::test]
async fn an_address_that_was_taken_meanwhile_is_refused() {
    let edge = TestEdge::new();
    let token = link_to(&edge, &edge.jane().await, "/confirm-email").await;
    edge.person(json!({"email": NEW_EMAIL})).await;
    follow(&edge, "/confirm-email", &token).await.refused(Code::UserAlreadyExists);
}

#[actix_web::test]
async fn who_reads_the_old_mail_takes_the_account_back() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let token = link_to(&edge, &jane, "/undo-email-change").await;
    follow(&edge, "/undo-email-change", &token).await.expect(200);
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    assert_eq!(edge.store.users()[0].email.typed(), "Jane@Example.com");
    let old_password = json!({"email": "jane@example.com", "password": PASSWORD});
    edge.post("/auth/login", old_password).await.refused(Code::InvalidCredentials);
}

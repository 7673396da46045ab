//! What a person sees of a request that fails.

use std::sync::Arc;

use actix_web::{
    http::{Method, header},
    test::TestRequest,
};
use doorward_application::ports::StoreError;
use doorward_http::Code;
use doorward_testkit::PlainHasher;

use super::{PAGES, open};
use crate::{
    answer::Answer,
    failures::Broken,
    harness::{OURS, TestEdge},
};

async fn send(edge: &TestEdge, path: &str, media_type: &str, body: impl Into<actix_web::web::Bytes>) -> Answer {
    let request = TestRequest::post().uri(path).insert_header(OURS).insert_header((header::CONTENT_TYPE, media_type));
    edge.call(request.set_payload(body)).await
}

#[track_caller]
fn shows(page: &Answer, code: Code) {
    assert_eq!(page.status, code.status().as_u16(), "{}", page.text);
    assert_eq!(page.heading(), code.title());
    assert!(page.text.contains(code.message()), "{}", page.text);
    let id = page.header("x-request-id").expect("an id");
    assert!(page.text.contains(id));
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("style-src 'self'")));
}

#[actix_web::test]
async fn what_is_no_form_is_refused_as_a_page() {
    let edge = TestEdge::new();
    let form = "application/x-www-form-urlencoded";
    for path in PAGES {
        shows(&send(&edge, path, "application/json", "{}").await, Code::MalformedRequest);
        shows(&send(&edge, path, "multipart/form-data; boundary=x", "--x--").await, Code::MalformedRequest);
        shows(&send(&edge, path, form, &b"email=\xff"[..]).await, Code::MalformedRequest);
        shows(&send(&edge, path, form, "email=%ff").await, Code::MalformedRequest);
        shows(&send(&edge, path, form, "email=a&email=b").await, Code::MalformedRequest);
        shows(&send(&edge, path, form, "surprise=1").await, Code::ValidationFailed);
        let large = format!("email={}", "x".repeat(64 * 1024));
        shows(&send(&edge, path, form, large).await, Code::BodyTooLarge);
    }
}

#[actix_web::test]
async fn another_method_is_told_which_there_are() {
    let edge = TestEdge::new();
    for path in PAGES {
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let refused = edge.call(TestRequest::with_uri(path).method(method)).await.refused(Code::MethodNotAllowed);
            assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
        }
    }
}

#[actix_web::test]
async fn a_service_that_is_down_says_no_more() {
    let mut edge = TestEdge::new();
    edge.broken_store = Some(Arc::new(Broken(|| StoreError::new("connection to db.internal refused"))));
    let fields = [("email", "jane@example.com")];
    let again = edge.submit("/forgot-password", &fields).await.expect(503);
    assert!(again.text.contains(Code::Unavailable.message()) && !again.text.contains("db.internal"));
    assert_eq!(again.value("email"), "jane@example.com");
    shows(&edge.submit("/verify-email", &[("token", &"A".repeat(43))]).await, Code::Unavailable);
}

#[actix_web::test]
async fn a_service_that_is_busy_keeps_what_was_typed() {
    let mut edge = TestEdge::new();
    edge.hasher = Arc::new(PlainHasher::overloaded());
    let fields = [("email", "jane@example.com"), ("password", "x")];
    let again = edge.submit("/keep-account", &fields).await.expect(503);
    assert_eq!(again.value("email"), "jane@example.com");
    assert!(again.text.contains(Code::Overloaded.message()));
}

#[actix_web::test]
async fn a_path_that_is_no_page_is_not_one_when_it_is_not_found() {
    let edge = TestEdge::new();
    open(&edge, "/verify-email/").await.refused(Code::NotFound);
    open(&edge, "/verify-emails").await.refused(Code::NotFound);
}

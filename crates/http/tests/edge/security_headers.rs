//! What every answer tells a browser, whatever kind of answer it is.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::{answer::Answer, harness::TestEdge};

const HTTPS: &str = "https://auth.example.com";

/// An answer of each kind: of the API, of a page, of a file, of the documentation, and refusals of each.
async fn one_of_each(edge: &TestEdge) -> Vec<(&'static str, Answer)> {
    let jane = edge.jane().await;
    let as_page = |path: &str| TestRequest::get().uri(path).insert_header(("accept", "text/html"));
    let page = edge.call(as_page("/login")).await.expect(200);
    let asset = page.text.split('"').find(|text| text.starts_with("/assets/")).expect("a file").to_owned();
    vec![
        ("an account", edge.call(jane.get("/auth/me")).await.expect(200)),
        ("a refusal", edge.post("/auth/login", json!({})).await.expect(422)),
        ("nothing there", edge.call(TestRequest::get().uri("/nowhere")).await.expect(404)),
        ("a wrong method", edge.call(TestRequest::put().uri("/auth/login")).await.expect(405)),
        (
            "a head too large",
            edge.call(TestRequest::get().uri(&format!("/{}", "x".repeat(17 * 1024)))).await.expect(431),
        ),
        ("a page", page),
        ("a page that is not there", edge.call(as_page("/nowhere")).await.expect(404)),
        ("a way to another page", edge.call(as_page("/account")).await.expect(303)),
        ("a file of a page", edge.call(TestRequest::get().uri(&asset)).await.expect(200)),
        ("keys", edge.call(TestRequest::get().uri("/.well-known/jwks.json")).await.expect(200)),
        ("the documentation", edge.call(TestRequest::get().uri("/docs")).await.expect(200)),
        ("a file of it", edge.call(TestRequest::get().uri("/docs/swagger-ui.css")).await.expect(200)),
        ("health", edge.call(TestRequest::get().uri("/health/live")).await.expect(200)),
    ]
}

#[actix_web::test]
async fn every_answer_tells_browsers_what_they_may_do_with_it() {
    let mut edge = TestEdge::new();
    edge.settings.public_url = HTTPS.to_owned();
    for (kind, answer) in one_of_each(&edge).await {
        let header = |name| answer.header(name).unwrap_or_else(|| panic!("{kind} has no {name}"));
        assert_eq!(header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{kind}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{kind}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{kind}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{kind}");
        assert!(["no-referrer", "strict-origin"].contains(&header("referrer-policy")), "{kind}");
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{kind}: {policy}");
        }
        let may_be_kept = ["a file of a page", "keys", "the documentation", "a file of it"].contains(&kind);
        assert!(may_be_kept || header("cache-control") == "no-store", "{kind}");
    }
}

#[actix_web::test]
async fn every_answer_with_a_body_says_what_it_is() {
    let edge = TestEdge::new();
    for (kind, answer) in one_of_each(&edge).await {
        let is = answer.header("content-type").unwrap_or_default();
        assert!(answer.text.is_empty() || !is.is_empty(), "{kind} has a body of no type");
        assert_eq!(answer.body.is_object(), is.ends_with("json") || is.ends_with("problem+json"), "{kind}: {is}");
        assert!(!is.starts_with("text/html") || is.ends_with("; charset=utf-8"), "{kind}: {is}");
        assert_eq!(answer.text.starts_with("<!DOCTYPE html>"), is.starts_with("text/html"), "{kind}: {is}");
    }
}

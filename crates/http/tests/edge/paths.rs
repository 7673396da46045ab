//! Routes, methods, heads.

use actix_web::{
    http::{Method, header},
    test::TestRequest,
};
use doorward_http::Code;
use proptest::prelude::*;

use crate::{answer::routes, harness::TestEdge};

fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method.parse().expect("a method"))
}

#[actix_web::test]
async fn every_route_for_signed_in_users_asks_who_is_there() {
    let edge = TestEdge::new();
    let closed: Vec<_> = routes().into_iter().filter(|(_, _, signed_in)| *signed_in).collect();
    assert!(closed.len() >= 6);
    for (method, path, _) in closed {
        let path = path.replace("{id}", "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d");
        let refused = edge.call(request(&method, &path)).await.refused(Code::AuthenticationRequired);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        for value in ["Bearer garbage", "Basic amFuZTp4", "Bearer"] {
            let request = request(&method, &path).insert_header((header::AUTHORIZATION, value));
            edge.call(request).await.refused(Code::InvalidAccessToken);
        }
    }
}

#[actix_web::test]
async fn another_method_is_told_which_there_are() {
    let edge = TestEdge::new();
    let cases = [
        ("PUT", "/auth/login", "POST"),
        ("GET", "/auth/login", "POST"),
        ("OPTIONS", "/auth/login", "POST"),
        ("BREW", "/auth/login", "POST"),
        ("PUT", "/auth/me", "GET, HEAD, PATCH, DELETE"),
        ("GET", "/auth/sessions/1", "DELETE"),
        ("POST", "/health/live", "GET, HEAD"),
        ("TRACE", "/docs/errors", "GET, HEAD"),
    ];
    for (method, path, allow) in cases {
        let refused = edge.call(request(method, path)).await.refused(Code::MethodNotAllowed);
        assert_eq!(refused.header("allow"), Some(allow), "{method} {path}");
    }
}

#[actix_web::test]
async fn where_there_is_a_get_there_is_a_head() {
    let edge = TestEdge::new();
    for (_, path, signed_in) in routes().into_iter().filter(|(method, _, _)| method == "GET") {
        let path = path.replace("{file}", "swagger-ui.css");
        let answer = edge.call(TestRequest::with_uri(&path).method(Method::HEAD)).await;
        assert_eq!(answer.status, if signed_in { 401 } else { 200 }, "{path}");
    }
}

#[actix_web::test]
async fn a_path_that_is_not_there_is_not_found_however_odd_it_is() {
    let edge = TestEdge::new();
    for path in [
        "/auth",
        "/auth/",
        "/auth/login/",
        "//auth/login",
        "/AUTH/login",
        "/auth/%6cogin%00",
        "/%zz",
        "/%",
        "/%ff",
        "/..%2f..%2fetc%2fpasswd",
        "/auth/login;x=1",
        "/docs/",
        "/docs/nothing.js",
        "/docs/a/b",
        "/metrics",
        "*",
        "/auth/admin",
        "/docs/..%2ferrors",
    ] {
        edge.call(TestRequest::get().uri(path)).await.refused(Code::NotFound);
    }
}

#[actix_web::test]
async fn no_other_spelling_of_a_path_reaches_its_handler() {
    let edge = TestEdge::new();
    for (method, path, _) in routes().into_iter().filter(|(_, path, _)| path != "/") {
        let path = path.replace("{id}", "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d").replace("{file}", "swagger-ui.css");
        let encoded = |at: usize| format!("{}%{:02x}{}", &path[..at], path.as_bytes()[at], &path[at + 1..]);
        let (last, end) = (path.rfind('/').expect("a slash"), path.len());
        let others = [
            encoded(1.min(end - 1)),
            encoded(end - 1),
            encoded(if last > 0 { last } else { end - 1 }),
            format!("/{path}"),
            format!("{path}/"),
            format!("/.{path}"),
            format!("/x/..{path}"),
            format!("{}/{}", &path[..last], &path[last..]),
            format!("{path};x"),
        ];
        for other in others.iter().filter(|other| **other != path) {
            edge.call(request(&method, other)).await.refused(Code::NotFound);
        }
    }
}

#[actix_web::test]
async fn a_head_of_more_than_16_kib_is_too_large() {
    let edge = TestEdge::new();
    let with = |length| TestRequest::get().uri("/health/live").insert_header(("x-filler", "x".repeat(length)));
    edge.call(with(15 * 1024)).await.expect(200);
    edge.call(with(16 * 1024)).await.refused(Code::HeadersTooLarge);
    edge.call(TestRequest::get().uri(&format!("/{}", "x".repeat(17 * 1024)))).await.refused(Code::HeadersTooLarge);
}

#[actix_web::test]
async fn a_request_keeps_its_name_or_gets_one() {
    let edge = TestEdge::new();
    let named = |id: &str| TestRequest::get().uri("/nowhere").insert_header(("x-request-id", id));
    assert_eq!(edge.call(named("my-id.1")).await.body["requestId"], "my-id.1");
    let made = edge.call(named("not an id")).await;
    assert_eq!(made.body["requestId"].as_str().map(str::len), Some(36));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_path_gets_a_server_error(path in "/[a-zA-Z0-9%/.;:@&=+$,_~!*'()-]{0,40}", method in "GET|POST|DELETE|PATCH|HEAD") {
        actix_web::rt::System::new().block_on(async {
            let answer = TestEdge::new().call(request(&method, &path)).await;
            assert!(answer.status < 500, "{method} {path}: {}", answer.status);
        });
    }
}

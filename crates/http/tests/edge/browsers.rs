//! Cookies, and the pages that may use them.

use actix_web::{
    http::{Method, header},
    test::TestRequest,
};
use doorward_http::Code;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    harness::{OURS, PASSWORD, Person, TestEdge, sign_up, with},
};

const LISTED: &str = "https://app.example.com";

fn log_in(but: Value) -> TestRequest {
    let body = json!({"username": "jane", "password": PASSWORD, "useCookies": true});
    TestRequest::post().uri("/auth/login").set_json(with(body, but))
}

/// The value of a cookie that an answer sets.
fn cookie<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let cookies = answer.set_cookies();
    let pair = cookies.iter().find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    pair.and_then(|value| value.split(';').next()).unwrap_or_else(|| panic!("no {name} in {cookies:?}"))
}

fn person(answer: &Answer) -> Person {
    Person { access: cookie(answer, "token").to_owned(), refresh: cookie(answer, "refresh_token").to_owned() }
}

#[actix_web::test]
async fn tokens_go_into_cookies_instead_of_the_body() {
    let edge = TestEdge::new();
    edge.jane().await;
    let answer = edge.call(log_in(json!({})).insert_header(OURS)).await.expect(200);
    assert!(answer.body.get("tokens").is_none());
    let (known, tokens): (Vec<_>, Vec<_>) =
        answer.set_cookies().into_iter().partition(|cookie| cookie.starts_with("device="));
    assert_eq!((known.len(), tokens.len()), (1, 2));
    for cookie in tokens {
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000"), "{cookie}");
    }
    assert!(known[0].ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000"), "{}", known[0]);
    let jane = person(&answer);
    assert!(!answer.text.contains(&jane.access) && !answer.text.contains(&jane.refresh));
    edge.call(TestRequest::get().uri("/auth/me").insert_header(jane.cookies())).await.expect(200);
}

#[actix_web::test]
async fn who_is_not_remembered_gets_session_cookies_before_and_after_a_refresh() {
    let edge = TestEdge::new();
    edge.jane().await;
    let answer = edge.call(log_in(json!({"rememberMe": false})).insert_header(OURS)).await.expect(200);
    let refresh = TestRequest::post().uri("/auth/refresh").insert_header(person(&answer).cookies()).insert_header(OURS);
    let refreshed = edge.call(refresh).await.expect(200);
    for cookie in [answer.set_cookies(), refreshed.set_cookies()].concat() {
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
}

#[actix_web::test]
async fn over_tls_cookies_are_bound_to_the_host_and_sent_over_tls_alone() {
    let mut edge = TestEdge::new();
    edge.settings.public_url = "https://auth.example.com".to_owned();
    let sign_up = TestRequest::post().uri("/auth/register").set_json(sign_up(json!({"useCookies": true})));
    let answer = edge.call(sign_up.insert_header(("origin", "https://auth.example.com"))).await.expect(201);
    assert!(answer.set_cookies().iter().all(|cookie| cookie.starts_with("__Host-") && cookie.contains("; Secure;")));
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
}

#[actix_web::test]
async fn a_refresh_by_cookie_rotates_the_cookies_and_tells_no_token() {
    let edge = TestEdge::new();
    edge.jane().await;
    let jane = person(&edge.call(log_in(json!({})).insert_header(OURS)).await);
    let refresh = |origin| TestRequest::post().uri("/auth/refresh").insert_header(jane.cookies()).insert_header(origin);
    let answer = edge.call(refresh(OURS)).await.expect(200);
    assert_eq!(answer.body, json!({"success": true}));
    assert_ne!(person(&answer).refresh, jane.refresh);
    edge.clock.advance(std::time::Duration::from_mins(1));
    let refused = edge.call(refresh(OURS)).await.refused(Code::RefreshTokenReused);
    assert!(refused.set_cookies().iter().all(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(refused.set_cookies().len(), 2);
}

#[actix_web::test]
async fn a_new_sign_in_ends_the_session_whose_cookie_came_with_it() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.call(log_in(json!({})).insert_header(jane.cookies()).insert_header(OURS)).await.expect(200);
    let ended: Vec<_> = edge.store.sessions().iter().map(|session| session.ended.is_some()).collect();
    assert_eq!(ended, [true, false]);
}

#[actix_web::test]
async fn what_relies_on_a_cookie_comes_from_here_or_is_refused() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let id = edge.store.sessions()[0].id;
    let requests = [
        (Method::POST, "/auth/login".to_owned()),
        (Method::POST, "/auth/register".to_owned()),
        (Method::POST, "/auth/refresh".to_owned()),
        (Method::POST, "/auth/logout".to_owned()),
        (Method::POST, "/auth/logout-all".to_owned()),
        (Method::PATCH, "/auth/me".to_owned()),
        (Method::DELETE, "/auth/me".to_owned()),
        (Method::POST, "/auth/change-password".to_owned()),
        (Method::POST, "/auth/change-email".to_owned()),
        (Method::POST, "/auth/forgot-password".to_owned()),
        (Method::POST, "/auth/reset-password".to_owned()),
        (Method::DELETE, format!("/auth/sessions/{id}")),
        (Method::POST, "/login".to_owned()),
        (Method::POST, "/refresh".to_owned()),
        (Method::POST, "/logout".to_owned()),
    ];
    let foreign = [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "null"), ("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
    ];
    for (method, path) in &requests {
        for headers in &foreign {
            let request = TestRequest::with_uri(path).method(method.clone()).insert_header(jane.cookies());
            let request =
                headers.iter().fold(request.set_json(json!({})), |request, header| request.insert_header(*header));
            edge.call(request).await.refused(Code::CsrfRejected);
        }
    }
    assert!(edge.store.sessions()[0].ended.is_none());
}

#[actix_web::test]
async fn cookies_are_set_for_a_page_from_here_alone() {
    let edge = TestEdge::new();
    edge.jane().await;
    edge.call(log_in(json!({}))).await.refused(Code::CsrfRejected);
    edge.call(log_in(json!({})).insert_header(("origin", "https://evil.example"))).await.refused(Code::CsrfRejected);
    edge.call(log_in(json!({})).insert_header(("sec-fetch-site", "same-origin"))).await.expect(200);
    let sign_up = sign_up(json!({"email": "john@example.com", "useCookies": true}));
    edge.post("/auth/register", sign_up).await.refused(Code::CsrfRejected);
    assert_eq!(edge.store.users().len(), 1);
}

#[actix_web::test]
async fn a_header_needs_no_origin_even_beside_a_cookie() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let change = jane.bearing(TestRequest::patch().uri("/auth/me")).insert_header(jane.cookies());
    edge.call(change.set_json(json!({"firstName": "Janet"}))).await.expect(200);
    let log_in = jane.bearing(log_in(json!({"useCookies": false}))).insert_header(jane.cookies());
    edge.call(log_in).await.refused(Code::CsrfRejected);
}

#[actix_web::test]
async fn a_listed_origin_may_use_cookies_and_read_the_answer() {
    let mut edge = TestEdge::new();
    edge.settings.cors_origins = vec![LISTED.to_owned()];
    edge.jane().await;
    let preflight = TestRequest::with_uri("/auth/login")
        .method(Method::OPTIONS)
        .insert_header(("origin", LISTED))
        .insert_header(("access-control-request-method", "POST"))
        .insert_header(("access-control-request-headers", "content-type, authorization, x-request-id"));
    let allowed = edge.call(preflight).await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(LISTED));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    let answer = edge.call(log_in(json!({})).insert_header(("origin", LISTED))).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(LISTED));
    assert!(answer.header("access-control-expose-headers").is_some_and(|names| names.contains("x-request-id")));
    let refused = edge.call(TestRequest::get().uri("/auth/me").insert_header(("origin", LISTED))).await;
    let refused = refused.refused(Code::AuthenticationRequired);
    assert_eq!(refused.header("access-control-allow-origin"), Some(LISTED));
}

#[actix_web::test]
async fn a_preflight_of_another_origin_is_refused_in_our_own_shape() {
    let mut edge = TestEdge::new();
    edge.settings.cors_origins = vec![LISTED.to_owned()];
    let preflight = TestRequest::with_uri("/nowhere")
        .method(Method::OPTIONS)
        .insert_header(("origin", "https://evil.example"))
        .insert_header(("access-control-request-method", "POST"));
    let refused = edge.call(preflight).await.refused(Code::MalformedRequest);
    assert!(refused.header("access-control-allow-origin").is_none());
}

#[actix_web::test]
async fn another_origin_is_told_nothing_of_cors_and_is_no_error() {
    let mut edge = TestEdge::new();
    for listed in [vec![], vec![LISTED.to_owned()]] {
        edge.settings.cors_origins = listed;
        let request = TestRequest::get().uri("/health/live").insert_header(("origin", "https://evil.example"));
        let answer = edge.call(request).await.expect(200);
        let names: Vec<_> = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
        assert!(names.is_empty(), "{names:?}");
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
    }
}

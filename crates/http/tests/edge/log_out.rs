use std::{sync::Arc, time::Duration};

use actix_web::{http::header, test::TestRequest};
use doorward_application::ports::StoreError;
use doorward_http::Code;
use serde_json::json;

use crate::{
    answer::Answer,
    failures::Broken,
    harness::{OURS, PASSWORD, Person, TestEdge},
};

fn log_out() -> TestRequest {
    TestRequest::post().uri("/auth/logout")
}

#[actix_web::test]
async fn a_sign_out_ends_the_session_for_the_very_next_request() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let answer = edge.call(jane.bearing(log_out())).await.expect(200);
    assert_eq!(answer.body["message"], "Logged out");
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    edge.post("/auth/refresh", json!({"refreshToken": jane.refresh})).await.refused(Code::InvalidRefreshToken);
}

#[actix_web::test]
async fn a_refresh_token_of_any_generation_signs_out() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.post("/auth/refresh", json!({"refreshToken": jane.refresh})).await.expect(200);
    edge.clock.advance(Duration::from_hours(1));
    edge.post("/auth/logout", json!({"refreshToken": jane.refresh})).await.expect(200);
    assert!(edge.store.sessions()[0].ended.is_some());
}

#[actix_web::test]
async fn an_expired_access_token_signs_out_with_the_refresh_token_beside_it() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(Duration::from_hours(1));
    edge.call(jane.bearing(log_out())).await.refused(Code::InvalidAccessToken);
    edge.call(jane.bearing(log_out()).set_json(json!({"refreshToken": jane.refresh}))).await.expect(200);
    let cookies = TestEdge::new();
    let jane = cookies.jane().await;
    cookies.clock.advance(Duration::from_hours(1));
    let ours = log_out().insert_header(jane.cookies()).insert_header(("sec-fetch-site", "same-origin"));
    cookies.call(ours).await.expect(200);
    assert!(cookies.store.sessions()[0].ended.is_some());
}

#[actix_web::test]
async fn nobody_is_not_signed_out() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.call(log_out()).await.refused(Code::AuthenticationRequired);
    edge.post("/auth/logout", json!({"refreshToken": "garbage"})).await.refused(Code::InvalidAccessToken);
    let header_counts =
        log_out().insert_header(jane.cookies()).insert_header((header::AUTHORIZATION, "Bearer garbage"));
    edge.call(header_counts).await.refused(Code::InvalidAccessToken);
    assert!(edge.store.sessions()[0].ended.is_none());
}

/// Whether it clears both cookies.
#[track_caller]
fn clears_cookies(answer: &Answer) -> bool {
    let cleared = answer.set_cookies();
    assert!(cleared.iter().all(|cookie| cookie.contains("token=;") && cookie.contains("Max-Age=0")), "{cleared:?}");
    cleared.len() == 2
}

#[actix_web::test]
async fn signing_out_leaves_a_browser_nothing() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let everywhere = TestRequest::post().uri("/auth/logout-all");
    let log_in = edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await;
    let again = Person::of(&log_in.expect(200));
    for request in [log_out().insert_header(jane.cookies()).insert_header(OURS), again.bearing(everywhere)] {
        let answer = edge.call(request).await.expect(200);
        assert!(clears_cookies(&answer));
        assert_eq!(answer.header("clear-site-data"), Some(r#""cache", "storage""#));
    }
}

#[actix_web::test]
async fn cookies_that_are_good_for_nothing_are_cleared() {
    let garbage = log_out().insert_header((header::COOKIE, "token=garbage")).insert_header(OURS);
    assert!(clears_cookies(&TestEdge::new().call(garbage).await.refused(Code::InvalidAccessToken)));
}

#[actix_web::test]
async fn a_sign_out_that_failed_keeps_the_cookies_to_try_again_with() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    let request = || log_out().insert_header(jane.cookies()).insert_header(OURS);
    edge.broken_store = Some(Arc::new(Broken(|| StoreError::new("gone"))));
    let failed = edge.call(request()).await.refused(Code::Unavailable);
    assert!(failed.set_cookies().is_empty() && failed.header("clear-site-data").is_none());
    edge.broken_store = None;
    assert!(clears_cookies(&edge.call(request()).await.expect(200)));
}

/// Else a page elsewhere could sign a visitor out: it makes a browser send a form without cookies, and the answer that
/// clears them counts.
#[actix_web::test]
async fn who_brings_no_cookie_has_none_cleared() {
    let answer = TestEdge::new().call(log_out()).await.refused(Code::AuthenticationRequired);
    assert!(answer.set_cookies().is_empty() && answer.header("clear-site-data").is_none());
}

#[actix_web::test]
async fn signing_out_everywhere_counts_the_sessions() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let log_in = || edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD}));
    log_in().await.expect(200);
    log_in().await.expect(200);
    let answer = edge.call(jane.bearing(TestRequest::post().uri("/auth/logout-all"))).await.expect(200);
    assert_eq!(answer.body["sessionsRevoked"], 3);
    assert!(edge.store.sessions().iter().all(|session| session.ended.is_some()));
}

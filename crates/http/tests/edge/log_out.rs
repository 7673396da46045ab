use std::time::Duration;

use actix_web::{http::header, test::TestRequest};
use doorward_http::Code;
use serde_json::json;

use crate::harness::TestEdge;

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

#[actix_web::test]
async fn signing_out_clears_both_cookies_whatever_comes_of_it() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    for answer in [edge.call(jane.bearing(log_out())).await, edge.call(log_out()).await] {
        let cleared = answer.set_cookies();
        assert_eq!(cleared.len(), 2);
        assert!(cleared.iter().all(|cookie| cookie.contains("token=;") && cookie.contains("Max-Age=0")), "{cleared:?}");
    }
}

#[actix_web::test]
async fn signing_out_everywhere_counts_the_sessions() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let log_in = || edge.post("/auth/login", json!({"username": "jane", "password": crate::harness::PASSWORD}));
    log_in().await.expect(200);
    log_in().await.expect(200);
    let answer = edge.call(jane.bearing(TestRequest::post().uri("/auth/logout-all"))).await.expect(200);
    assert_eq!(answer.body["sessionsRevoked"], 3);
    assert_eq!(answer.set_cookies().len(), 2);
    assert!(edge.store.sessions().iter().all(|session| session.ended.is_some()));
}

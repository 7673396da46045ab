use actix_web::{http::header, test::TestRequest};
use doorward_http::Code;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestEdge};

fn token(body: &Value) -> &str {
    body["token"].as_str().expect("a token")
}

#[actix_web::test]
async fn by_username_the_token_is_bare_and_by_address_it_is_ready_for_the_header() {
    let edge = TestEdge::new();
    edge.jane().await;
    for name in ["jane", "jane@example.com"] {
        let body = edge.post("/login", json!({"username": name, "password": PASSWORD})).await.expect(200).body;
        assert!(!token(&body).contains(' '));
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["refreshToken", "success", "token"]);
    }
    let body = edge.post("/login", json!({"email": "jane@example.com", "password": PASSWORD})).await.expect(200).body;
    let dashboard = TestRequest::get().uri("/dashboard").insert_header((header::AUTHORIZATION, token(&body)));
    assert_eq!(edge.call(dashboard).await.expect(200).body["message"], "Welcome Jane Doe!");
}

#[actix_web::test]
async fn a_short_session_is_refreshed_and_ended_in_short() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let body = edge.post("/refresh", json!({"refreshToken": jane.refresh})).await.expect(200).body;
    let authorization = (header::AUTHORIZATION, format!("Bearer {}", token(&body)));
    edge.call(TestRequest::post().uri("/logout").insert_header(authorization.clone())).await.expect(200);
    let dashboard = TestRequest::get().uri("/dashboard").insert_header(authorization);
    edge.call(dashboard).await.refused(Code::SessionEnded);
    edge.post("/refresh", json!({"refreshToken": body["refreshToken"]})).await.refused(Code::InvalidRefreshToken);
}

#[actix_web::test]
async fn short_routes_refuse_as_the_long_ones_do() {
    let edge = TestEdge::new();
    edge.post("/login", json!({"username": "jane", "password": "x"})).await.refused(Code::InvalidCredentials);
    edge.post("/login", json!({"password": "x"})).await.refused(Code::ValidationFailed);
    edge.post("/refresh", json!({})).await.refused(Code::InvalidRefreshToken);
    edge.call(TestRequest::post().uri("/logout")).await.refused(Code::AuthenticationRequired);
    edge.call(TestRequest::get().uri("/dashboard")).await.refused(Code::AuthenticationRequired);
}

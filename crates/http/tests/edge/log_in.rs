use actix_web::test::TestRequest;
use doorward_http::Code;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestEdge};

#[actix_web::test]
async fn one_signs_in_by_address_or_by_username() {
    let edge = TestEdge::new();
    edge.jane().await;
    for name in
        [json!({"email": "jane@example.com"}), json!({"username": "JANE"}), json!({"username": "jane@example.com"})]
    {
        let mut body = name;
        body["password"] = PASSWORD.into();
        let answer = edge.post("/auth/login", body).await.expect(200);
        assert_eq!(answer.body["user"]["email"], "Jane@Example.com");
        assert!(answer.body["tokens"]["refreshToken"].is_string());
    }
}

#[actix_web::test]
async fn an_unknown_user_and_a_wrong_password_are_told_alike() {
    let edge = TestEdge::new();
    edge.jane().await;
    let unsigned = |mut body: Value| {
        body["requestId"].take();
        body
    };
    let mut answers = Vec::new();
    for (email, password) in [("jane@example.com", "wrong"), ("john@example.com", PASSWORD), ("no address@", "x")] {
        let answer = edge.post("/auth/login", json!({"email": email, "password": password})).await;
        let answer = answer.refused(Code::InvalidCredentials);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        answers.push(unsigned(answer.body));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[actix_web::test]
async fn a_sign_in_names_exactly_one_user() {
    let edge = TestEdge::new();
    let neither = edge.post("/auth/login", json!({"password": "x"})).await.refused(Code::ValidationFailed);
    assert_eq!(neither.fields(), [("email", "required")]);
    let both = json!({"email": "a@b.example", "username": "a", "password": "x"});
    let both = edge.post("/auth/login", both).await.refused(Code::ValidationFailed);
    assert_eq!(both.fields(), [("username", "conflicting")]);
    let empty = edge.post("/auth/login", json!({"email": "", "password": ""})).await.refused(Code::ValidationFailed);
    assert_eq!(empty.fields(), [("email", "required"), ("password", "required")]);
}

#[actix_web::test]
async fn only_the_right_password_learns_that_an_account_is_deactivated() {
    let edge = TestEdge::new();
    edge.jane().await;
    edge.deactivate("Jane@Example.com").await;
    let log_in = |password: &str| edge.post("/auth/login", json!({"username": "jane", "password": password}));
    log_in(PASSWORD).await.refused(Code::AccountDeactivated);
    log_in("wrong").await.refused(Code::InvalidCredentials);
}

#[actix_web::test]
async fn an_address_that_is_not_proven_is_asked_for() {
    let mut edge = TestEdge::new();
    edge.jane().await;
    edge.rules.require_verified_email = true;
    let answer = edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await;
    answer.refused(Code::EmailNotVerified);
}

#[actix_web::test]
async fn the_session_knows_where_it_was_opened() {
    let mut edge = TestEdge::new();
    edge.settings.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    edge.jane().await;
    let request = TestRequest::post()
        .uri("/auth/login")
        .peer_addr(([10, 0, 0, 1], 4711).into())
        .insert_header(("x-forwarded-for", "192.0.2.66, 198.51.100.7"))
        .insert_header(("user-agent", "my-app/1.2"))
        .set_json(json!({"username": "jane", "password": PASSWORD}));
    edge.call(request).await.expect(200);
    let device = edge.store.sessions().remove(1).device;
    assert_eq!(device.ip_address, "198.51.100.7".parse().ok());
    assert_eq!(device.label(), "my-app");
}

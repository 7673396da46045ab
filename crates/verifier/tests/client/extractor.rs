//! The extractor, in an application.

use actix_web::{
    App,
    http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    test::{TestRequest, call_service, init_service, read_body_json},
    web::{self, Data},
};
use doorward_verifier::Authenticated;
use serde_json::{Value, json};

use super::{stub::Answer, *};

async fn hello(Authenticated(claims): Authenticated) -> String {
    claims.subject.to_string()
}

/// Status, `WWW-Authenticate`, `Retry-After` and code of the answer.
async fn ask(verifier: &Verifier, authorization: Option<&str>) -> (u16, Option<String>, Option<String>, Value) {
    let app = init_service(App::new().app_data(Data::new(verifier.clone())).route("/", web::get().to(hello))).await;
    let mut request = TestRequest::get();
    if let Some(value) = authorization {
        request = request.insert_header((AUTHORIZATION, value));
    }
    let response = call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (challenge, retry_after) = (header(WWW_AUTHENTICATE), header(RETRY_AFTER));
    let code = if response.status().is_success() {
        Value::Null
    } else {
        assert_eq!(header(CONTENT_TYPE).as_deref(), Some("application/problem+json"));
        read_body_json::<Value, _>(response).await["code"].take()
    };
    (status, challenge, retry_after, code)
}

fn unauthorized(challenge: &str, code: &str) -> (u16, Option<String>, Option<String>, Value) {
    (401, Some(challenge.to_owned()), None, code.into())
}

#[tokio::test]
async fn a_request_is_answered_by_what_its_token_is_worth() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    let token = stub.token(JANE);
    let bearer = format!("bearer {token}");
    let invalid = "Bearer error=\"invalid_token\"";

    assert_eq!(ask(&verifier, Some(&bearer)).await.0, 200);
    assert_eq!(ask(&verifier, None).await, unauthorized("Bearer", "authentication_required"));
    for value in ["", "Bearer", "Basic YTpi", "Bearer a.b.c", &format!("Bearer {token}, Bearer {token}")] {
        assert_eq!(ask(&verifier, Some(value)).await, unauthorized(invalid, "invalid_access_token"), "{value}");
    }
    stub.revoke_subject(JANE.subject, 9);
    stub.until_read_to(1).await;
    assert_eq!(ask(&verifier, Some(&bearer)).await, unauthorized(invalid, "stale_claims"));
    stub.revoke_session(JANE.session);
    stub.until_read_to(2).await;
    assert_eq!(ask(&verifier, Some(&bearer)).await, unauthorized(invalid, "session_ended"));
    stub.clock().advance(seconds(29));
    stub.until_waiting(1).await;
    stub.tick();
    stub.until_read_again().await;
    stub.set(|state| state.feed_answer = Answer::Nothing);
    let other = stub.token(Person { session: Uuid::from_u128(3), epoch: 9, ..JANE });
    assert_eq!(ask(&verifier, Some(&format!("Bearer {other}"))).await.0, 200);
}

#[tokio::test]
async fn an_expired_token_is_called_so() {
    let stub = Stub::start().await;
    let verifier = builder(&stub, LostFeed::Accept).start().await.unwrap();
    let bearer = format!("Bearer {}", stub.token(JANE));
    stub.clock().advance(seconds(700));
    let answer = ask(&verifier, Some(&bearer)).await;
    assert_eq!(answer, unauthorized("Bearer error=\"invalid_token\"", "access_token_expired"));
}

#[tokio::test]
async fn what_cannot_be_known_now_is_not_the_clients_fault() {
    let stub = Stub::start().await;
    let verifier = start(&stub).await;
    stub.set(|state| state.keys_answer = Answer::Other(500, String::new(), String::new()));
    stub.rotate("second");
    stub.clock().advance(seconds(2));
    let bearer = format!("Bearer {}", stub.token(JANE));
    let unavailable = (503, None, Some("5".to_owned()), Value::from("unavailable"));
    assert_eq!(ask(&verifier, Some(&bearer)).await, unavailable, "the keys");
    stub.set(|state| state.feed_answer = Answer::Nothing);
    stub.clock().advance(seconds(31));
    assert_eq!(ask(&verifier, Some(&bearer)).await, unavailable, "the feed");
}

#[tokio::test]
async fn a_problem_is_of_the_shape_that_doorward_answers_with() {
    let stub = Stub::start().await;
    let data = Data::new(start(&stub).await);
    let app = init_service(App::new().app_data(data).route("/", web::get().to(hello))).await;
    let body: Value = read_body_json(call_service(&app, TestRequest::get().to_request()).await).await;
    assert_eq!(
        body,
        json!({
            "type": format!("{}/docs/errors#authentication_required", stub.url()),
            "title": "Authentication required", "status": 401, "success": false,
            "message": "Sign in to continue.", "code": "authentication_required",
        })
    );
}

#[tokio::test]
async fn an_application_without_a_verifier_lets_nobody_in() {
    let app = init_service(App::new().route("/", web::get().to(hello))).await;
    let request = TestRequest::get().insert_header((AUTHORIZATION, "Bearer a.b.c")).to_request();
    assert_eq!(call_service(&app, request).await.status(), 500);
}

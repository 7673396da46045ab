use std::time::Duration;

use doorward_http::Code;
use serde_json::json;

use crate::harness::{Person, TestEdge};

#[actix_web::test]
async fn a_refresh_answers_with_the_next_tokens_and_again_with_the_same() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let refresh = || edge.post("/auth/refresh", json!({"refreshToken": jane.refresh}));
    let first = refresh().await.expect(200);
    assert_ne!(first.body["tokens"]["refreshToken"], jane.refresh);
    let again = refresh().await.expect(200);
    assert_eq!(first.body["tokens"]["refreshToken"], again.body["tokens"]["refreshToken"]);
}

#[actix_web::test]
async fn a_token_that_was_used_up_ends_the_session() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let refresh = |token: String| edge.post("/auth/refresh", json!({"refreshToken": token}));
    let next = Person::of(&refresh(jane.refresh.clone()).await.expect(200));
    edge.clock.advance(Duration::from_secs(11));
    refresh(jane.refresh.clone()).await.refused(Code::RefreshTokenReused);
    refresh(next.refresh.clone()).await.refused(Code::InvalidRefreshToken);
    edge.call(next.get("/auth/me")).await.refused(Code::SessionEnded);
}

#[actix_web::test]
async fn what_is_no_refresh_token_is_refused_as_one() {
    let edge = TestEdge::new();
    for body in [json!({"refreshToken": "garbage"}), json!({"refreshToken": ""}), json!({})] {
        edge.post("/auth/refresh", body).await.refused(Code::InvalidRefreshToken);
    }
    let nothing = actix_web::test::TestRequest::post().uri("/auth/refresh");
    edge.call(nothing).await.refused(Code::InvalidRefreshToken);
    let number = edge.post("/auth/refresh", json!({"refreshToken": 5})).await.refused(Code::ValidationFailed);
    assert_eq!(number.fields(), [("refreshToken", "wrong_type")]);
}

#[actix_web::test]
async fn one_refresh_after_another_never_outlives_the_absolute_end() {
    let edge = TestEdge::new();
    let mut jane = edge.jane().await;
    for _ in 0..5 {
        edge.clock.advance(Duration::from_hours(6 * 24 - 1));
        let answer = edge.post("/auth/refresh", json!({"refreshToken": jane.refresh})).await;
        jane = Person::of(&answer.expect(200));
    }
    edge.clock.advance(Duration::from_hours(5));
    edge.post("/auth/refresh", json!({"refreshToken": jane.refresh})).await.refused(Code::InvalidRefreshToken);
}

//! `/keep-account`

use actix_web::test::TestRequest;
use doorward_http::Code;
use serde_json::json;

use super::open;
use crate::harness::{OURS, PASSWORD, TestEdge};

async fn deleted() -> TestEdge {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let request = jane.bearing(TestRequest::delete().uri("/auth/me")).set_json(json!({"password": PASSWORD}));
    edge.call(request).await.expect(200);
    edge
}

#[actix_web::test]
async fn the_right_password_keeps_the_account_and_signs_in_until_the_browser_is_closed() {
    let edge = deleted().await;
    let page = open(&edge, "/keep-account").await.expect(200);
    assert!(page.field("password").contains("autocomplete=\"current-password\""));
    let kept = edge.submit("/keep-account", &[("email", "jane@example.com"), ("password", PASSWORD)]).await.expect(303);
    assert_eq!(kept.header("location"), Some("/my-assessments"));
    let mut cookies = kept.set_cookies();
    assert!(cookies.pop().is_some_and(|said| said.starts_with("done=account_kept;")));
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| cookie.contains("HttpOnly") && !cookie.contains("Max-Age")), "{cookies:?}");
    let cookie = cookies[0].split(';').next().expect("a pair").to_owned();
    let me = TestRequest::get().uri("/auth/me").insert_header(("cookie", cookie));
    edge.call(me).await.expect(200);
    let log_in = json!({"username": "jane", "password": PASSWORD});
    edge.post("/auth/login", log_in).await.expect(200);
}

#[actix_web::test]
async fn a_wrong_password_keeps_nothing_but_what_was_typed() {
    let edge = deleted().await;
    let wrong = [("email", "jane@example.com"), ("password", "not the one")];
    let again = edge.submit("/keep-account", &wrong).await.expect(401);
    assert_eq!((again.heading(), again.value("email")), ("Keep your account", "jane@example.com"));
    assert!(again.set_cookies().is_empty());
    let log_in = json!({"username": "jane", "password": PASSWORD});
    edge.post("/auth/login", log_in).await.refused(Code::DeletionPending);
}

#[actix_web::test]
async fn what_is_missing_is_named_beside_its_field() {
    let edge = deleted().await;
    let again = edge.call(TestRequest::post().uri("/keep-account").insert_header(OURS).set_form(())).await;
    let again = again.expect(422);
    assert_eq!((again.error("email"), again.error("password")), ("This is required.", "This is required."));
}

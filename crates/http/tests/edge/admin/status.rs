//! Deactivated, active, gone, and given a new password.

use actix_web::test::TestRequest;
use doorward_application::ports::MessageKind;
use doorward_http::Code;
use serde_json::json;

use super::{admin, admin_at, delete, get, path_of, post};
use crate::harness::{OURS, PASSWORD, TestEdge};

#[actix_web::test]
async fn who_is_deactivated_is_out_and_who_is_activated_can_come_back() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let log_in = || edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD}));
    for _ in 0..2 {
        let answer = post(&edge, &root, &path_of(&edge, "jane@example.com", "/deactivate")).await.expect(200);
        assert_eq!(
            (&answer.body["user"]["isActive"], &answer.body["user"]["username"]),
            (&json!(false), &json!("jane"))
        );
        assert!(answer.set_cookies().is_empty());
    }
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    log_in().await.refused(Code::AccountDeactivated);
    for _ in 0..2 {
        let answer = post(&edge, &root, &path_of(&edge, "jane@example.com", "/activate")).await.expect(200);
        assert_eq!(answer.body["user"]["isActive"], true);
    }
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    log_in().await.expect(200);
}

#[actix_web::test]
async fn who_is_deleted_is_gone_at_once() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let answer = delete(&edge, &root, &path).await.expect(200);
    assert_eq!(answer.body, json!({"success": true, "message": "User deleted"}));
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    get(&edge, &root, &path).await.refused(Code::NotFound);
    delete(&edge, &root, &path).await.refused(Code::NotFound);
}

#[actix_web::test]
async fn a_reset_writes_to_the_user_and_says_nothing_of_its_link() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let answer = post(&edge, &root, &path_of(&edge, "jane@example.com", "/reset-password")).await.expect(202);
    assert_eq!(answer.body, json!({"success": true, "message": "The user gets a mail"}));
    let message = edge.store.messages().pop().unwrap();
    assert_eq!((message.kind, message.to.typed()), (MessageKind::ResetPassword, "Jane@Example.com"));
    edge.call(jane.get("/auth/me")).await.expect(200);
}

#[actix_web::test]
async fn an_administrator_who_goes_takes_no_cookies_along() {
    for (method, rest) in [("POST", "/deactivate"), ("DELETE", ""), ("DELETE", "/sessions")] {
        let edge = TestEdge::new();
        let root = admin(&edge).await;
        admin_at(&edge, "other@example.com").await;
        let path = path_of(&edge, "root@example.com", rest);
        let request = TestRequest::with_uri(&path).method(method.parse().unwrap());
        let request = request.insert_header(root.cookies()).insert_header(OURS);
        let answer = edge.call(request).await.expect(200);
        assert_eq!(answer.set_cookies().len(), 2, "{method} {path}");
        assert!(answer.header("clear-site-data").is_some());
        edge.call(root.get("/auth/me")).await.refused(Code::SessionEnded);
    }
}

#[actix_web::test]
async fn a_cookie_alone_from_elsewhere_deletes_nobody() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let request = TestRequest::delete().uri(&path).insert_header(root.cookies());
    let forged = request.insert_header(("origin", "https://evil.example"));
    edge.call(forged).await.refused(Code::CsrfRejected);
    get(&edge, &root, &path).await.expect(200);
}

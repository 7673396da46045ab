//! What the buttons of a person's page do.

use actix_web::test::TestRequest;
use doorward_application::ports::MessageKind;
use doorward_domain::user::UserStatus;
use doorward_http::Code;
use serde_json::json;

use super::people::{LIST, found, led, path_of, submit, visit};
use crate::{
    admin::{admin, admin_at},
    harness::{PASSWORD, TestEdge},
};

const ACTS: [&str; 5] = ["/deactivate", "/activate", "/reset-password", "/delete", "/sessions/end"];

#[actix_web::test]
async fn who_is_deactivated_is_out_and_who_is_activated_can_come_back() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let done = submit(&edge, &root, &format!("{path}/deactivate"), &[]).await.expect(303);
    assert_eq!(led(&done), (&*path, "user_deactivated"));
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    let log_in = || edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD}));
    log_in().await.refused(Code::AccountDeactivated);
    let done = submit(&edge, &root, &format!("{path}/activate"), &[]).await.expect(303);
    assert_eq!(led(&done), (&*path, "user_activated"));
    log_in().await.expect(200);
}

#[actix_web::test]
async fn a_reset_writes_to_the_person() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let done = submit(&edge, &root, &format!("{path}/reset-password"), &[]).await.expect(303);
    assert_eq!(led(&done), (&*path, "reset_started"));
    let message = edge.store.messages().pop().expect("a message");
    assert_eq!((message.kind, message.to.typed()), (MessageKind::ResetPassword, "Jane@Example.com"));
}

#[actix_web::test]
async fn sessions_are_ended_and_what_was_done_stands_in_the_trail() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let done = submit(&edge, &root, &format!("{path}/sessions/end"), &[]).await.expect(303);
    assert_eq!(led(&done), (&*path, "user_sessions_ended"));
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    let page = visit(&edge, &root, &path).await.expect(200);
    assert!(page.text.contains("No sessions."), "{}", page.text);
    assert_eq!(page.text.matches("<li data-id=").count(), 2, "{}", page.text);
}

#[actix_web::test]
async fn who_is_deleted_is_gone_at_once() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let done = submit(&edge, &root, &format!("{path}/delete"), &[]).await.expect(303);
    assert_eq!(led(&done), (LIST, "user_deleted"));
    assert_eq!(found(&edge, "jane@example.com"), None);
    visit(&edge, &root, &path).await.expect(404);
    submit(&edge, &root, &format!("{path}/delete"), &[]).await.expect(404);
}

#[actix_web::test]
async fn the_last_administrator_stays_and_is_told_why() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for act in ["/deactivate", "/delete"] {
        let page = submit(&edge, &root, &path_of(&edge, "root@example.com", act), &[]).await.expect(409);
        assert_eq!(page.heading(), "Root Admin");
        let alert = format!("<div class=\"alert\" role=\"alert\"><p>{}</p></div>", Code::LastAdmin.message());
        assert!(page.text.contains(&alert), "{}", page.text);
        assert!(page.text.contains("<a href=\"/admin/users\" aria-current=\"page\">"), "{}", page.text);
        assert!(page.set_cookies().is_empty());
    }
    assert_eq!(found(&edge, "root@example.com").map(|root| root.status), Some(UserStatus::Active));
}

#[actix_web::test]
async fn an_administrator_whose_own_sessions_end_signs_in_again() {
    for (act, said) in
        [("/deactivate", "user_deactivated"), ("/delete", "user_deleted"), ("/sessions/end", "user_sessions_ended")]
    {
        let edge = TestEdge::new();
        let root = admin(&edge).await;
        admin_at(&edge, "other@example.com").await;
        let done = submit(&edge, &root, &path_of(&edge, "root@example.com", act), &[]).await.expect(303);
        assert_eq!(led(&done), ("/login", said));
        let mut forgotten = done.set_cookies().into_iter().filter(|set| set.contains("Max-Age=0"));
        assert!(forgotten.next().is_some_and(|set| set.starts_with("token=;")), "{act}");
        assert!(forgotten.next().is_some_and(|set| set.starts_with("refresh_token=;")), "{act}");
        assert!(done.header("clear-site-data").is_some());
        visit(&edge, &root, LIST).await.expect(303);
    }
}

#[actix_web::test]
async fn nobody_but_an_administrator_on_a_page_of_ours_does_anything() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    edge.person(json!({"email": "john@example.com"})).await;
    let (before, path) = (edge.store.counts(), path_of(&edge, "john@example.com", ""));
    for act in ACTS.into_iter().chain(["/role", ""]) {
        let target = format!("{path}{act}");
        submit(&edge, &jane, &target, &[]).await.expect(403);
        let request = TestRequest::post().uri(&target).insert_header(root.cookies()).set_form(());
        let forged = edge.call(request.insert_header(("origin", "https://evil.example"))).await.expect(403);
        assert_eq!(forged.heading(), Code::CsrfRejected.title(), "{act}");
        edge.submit(&target, &[]).await.expect(401);
    }
    submit(&edge, &jane, LIST, &[]).await.expect(403);
    assert_eq!(edge.store.counts(), before);
    assert!(found(&edge, "john@example.com").is_some_and(|john| john.status.is_active()));
}

//! Forms that are shown again, with what is wrong.

use doorward_http::Code;

use super::open;
use crate::{
    account::{NEW_PASSWORD, link_to},
    harness::{PASSWORD, TestEdge},
};

#[actix_web::test]
async fn a_password_that_may_not_be_chosen_is_asked_for_again() {
    let edge = TestEdge::new();
    let token = link_to(&edge, &edge.jane().await, "/reset-password").await;
    let again = edge.submit("/reset-password", &[("token", &token), ("password", "sh0rt")]).await.expect(422);
    assert_eq!(again.value("token"), token);
    assert_eq!(again.error("password"), "This must have at least 8 characters.");
    assert!(
        again.field("password").contains("aria-invalid=\"true\" aria-describedby=\"password-hint password-error\"")
    );
    assert!(again.text.contains("<title>Error: Choose a new password · doorward</title>"), "{}", again.text);
    assert!(again.text.contains("role=\"alert\""));
    assert!(!again.text.contains("sh0rt"));
    edge.submit("/reset-password", &[("token", &token), ("password", NEW_PASSWORD)]).await.expect(303);
}

#[actix_web::test]
async fn who_comes_too_late_to_choose_a_password_is_shown_the_way_to_another_mail() {
    let edge = TestEdge::new();
    let late = edge.submit("/reset-password", &[("token", "x"), ("password", NEW_PASSWORD)]).await.expect(400);
    assert!(late.text.contains("href=\"/forgot-password\">"), "{}", late.text);
    assert!(open(&edge, "/reset-password").await.expect(400).text.contains("href=\"/forgot-password\">"));
}

#[actix_web::test]
async fn whether_an_address_has_an_account_is_not_told() {
    let edge = TestEdge::new();
    edge.jane().await;
    let known = edge.submit("/forgot-password", &[("email", "jane@example.com")]).await.expect(200);
    let unknown = edge.submit("/forgot-password", &[("email", "john@example.com")]).await.expect(200);
    assert_eq!(known.text, unknown.text);
}

#[actix_web::test]
async fn what_was_typed_stays_in_the_form() {
    let edge = TestEdge::new();
    let again = edge.submit("/forgot-password", &[("email", "jane at example")]).await.expect(422);
    assert_eq!(again.value("email"), "jane at example");
    assert_eq!(again.error("email"), "This must be an email address.");
}

#[actix_web::test]
async fn what_is_typed_is_text_and_never_markup() {
    let edge = TestEdge::new();
    let evil = "\"><script>alert(1)</script>";
    let texts = [
        open(&edge, "/verify-email?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await.expect(200),
        edge.submit("/forgot-password", &[("email", evil)]).await.expect(422),
        edge.submit("/keep-account", &[("email", evil), ("password", "x")]).await.expect(401),
        edge.submit("/register", &[("firstName", evil), ("lastName", evil), ("role", evil)]).await.expect(422),
        edge.submit("/register", &[("token", evil), ("company", evil)]).await.expect(400),
        edge.submit("/forgot-password", &[(evil, "x")]).await.expect(422),
    ];
    for page in texts {
        assert!(!page.text.contains("<script>") && !page.text.contains("\"><script"), "{}", page.text);
    }
    let page = open(&edge, "/verify-email?token=%22%3E%3Cscript%3E").await.expect(200);
    assert_eq!(page.value("token"), "&#34;&#62;&#60;script&#62;");
}

#[actix_web::test]
async fn a_password_is_never_shown_again() {
    let edge = TestEdge::new();
    edge.jane().await;
    for (path, fields) in [
        ("/keep-account", vec![("email", "jane@example.com"), ("password", "not the one")]),
        ("/register", vec![("email", "jane@example.com"), ("password", "not the one")]),
        ("/register", vec![("token", "x"), ("password", "not the one")]),
    ] {
        let page = edge.submit(path, &fields).await;
        assert!((400..500).contains(&page.status) && !page.text.contains("not the one"), "{}", page.text);
        assert_eq!(page.value("password"), "");
        assert!(!page.text.contains(PASSWORD));
    }
}

#[actix_web::test]
async fn a_refused_form_is_no_json() {
    let edge = TestEdge::new();
    let page = edge.submit("/keep-account", &[("email", "jane@example.com"), ("password", "x")]).await.expect(401);
    assert!(page.body.is_null() && page.text.contains(Code::InvalidCredentials.message()));
    assert_eq!(page.header("www-authenticate"), Some("Bearer"));
}

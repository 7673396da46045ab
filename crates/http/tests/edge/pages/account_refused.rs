//! `/account`: what its forms say when they are refused.

use std::sync::Arc;

use actix_web::{http::header, test::TestRequest};
use doorward_domain::user::Username;
use doorward_testkit::PlainHasher;
use serde_json::json;

use super::{
    account::{FORMS, another, session_ids},
    open_as as see, submit_as as post,
};
use crate::{
    account::{NEW_EMAIL, NEW_PASSWORD},
    admin::admin,
    answer::Answer,
    harness::{OURS, PASSWORD, TestEdge},
};

/// Asserts that it is the whole page once more, in which this section alone says that something is wrong.
#[track_caller]
fn shown_again(answer: &Answer, section: &str) {
    assert_eq!(answer.heading(), "Your account");
    assert!(answer.text.contains("<title>Error: Your account · doorward</title>"), "{}", answer.text);
    assert!(answer.text.contains("<a href=\"/account\" aria-current=\"page\">"));
    let after = answer.text.split_once(&format!("<section class=\"card\" id=\"{section}\"")).expect("the section").1;
    let own = after.split_once("</section>").expect("its end").0;
    assert_eq!(own.matches("role=\"alert\"").count(), 1, "{own}");
    assert_eq!(answer.text.matches("role=\"alert\"").count(), 1, "{}", answer.text);
    for section in ["profile", "email", "password", "devices", "data", "delete"] {
        assert!(answer.text.contains(&format!("<section class=\"card\" id=\"{section}\"")), "{section}");
    }
}

#[actix_web::test]
async fn a_refused_profile_keeps_what_was_typed() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.person(json!({"email": "john@example.com", "username": "john"})).await;
    let fields = [("firstName", ""), ("username", "janet"), ("title", "Engineer"), ("locale", "de")];
    let again = post(&edge, &jane, "/account/profile", &fields).await.expect(422);
    shown_again(&again, "profile");
    assert_eq!(again.error("profile-firstName"), "This is required.");
    assert_eq!((again.value("username"), again.value("title")), ("janet", "Engineer"));
    assert!(again.text.contains("<option value=\"de\" selected>"), "{}", again.text);
    let again =
        post(&edge, &jane, "/account/profile", &[("firstName", "Jane"), ("username", "john")]).await.expect(409);
    shown_again(&again, "profile");
    assert_eq!(again.value("username"), "john");
    let again = post(&edge, &jane, "/account/profile", &[("locale", "no language")]).await.expect(422);
    assert!(again.error("profile-locale").contains("a language tag"), "{}", again.text);
    let jane = edge.store.users().remove(0);
    assert_eq!((jane.username.as_ref().map(Username::typed), jane.locale.as_str()), (Some("jane"), "en"));
}

#[actix_web::test]
async fn a_refused_address_keeps_what_was_typed_but_for_the_password() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let wrong = [("newEmail", NEW_EMAIL), ("password", "not the one")];
    let again = post(&edge, &jane, "/account/email", &wrong).await.expect(401);
    shown_again(&again, "email");
    assert_eq!(again.error("email-password"), "This is not your password.");
    assert_eq!(again.value("newEmail"), NEW_EMAIL);
    assert!(!again.text.contains("not the one") && !again.text.contains("id=\"delete-password-error\""));
    let again =
        post(&edge, &jane, "/account/email", &[("newEmail", "nobody"), ("password", PASSWORD)]).await.expect(422);
    shown_again(&again, "email");
    assert_eq!((again.error("email-newEmail"), again.value("newEmail")), ("This must be an email address.", "nobody"));
    assert!(!again.text.contains(PASSWORD));
    assert_eq!(edge.store.users()[0].email.typed(), "Jane@Example.com");
}

#[actix_web::test]
async fn a_refused_password_is_not_shown() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let wrong = [("currentPassword", "not the one"), ("newPassword", NEW_PASSWORD)];
    let again = post(&edge, &jane, "/account/password", &wrong).await.expect(401);
    shown_again(&again, "password");
    assert_eq!(again.error("password-currentPassword"), "This is not your password.");
    assert!(!again.text.contains("not the one") && !again.text.contains(NEW_PASSWORD));
    let short = [("currentPassword", PASSWORD), ("newPassword", "sh0rt")];
    let again = post(&edge, &jane, "/account/password", &short).await.expect(422);
    shown_again(&again, "password");
    assert_eq!(again.error("password-newPassword"), "This must have at least 8 characters.");
    assert!(!again.text.contains("sh0rt") && !again.text.contains(PASSWORD));
    edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.expect(200);
}

#[actix_web::test]
async fn a_session_that_is_anothers_or_over_is_none() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let john = edge.person(json!({"email": "john@example.com"})).await;
    let johns = session_ids(&edge).pop().expect("a session");
    let again = post(&edge, &jane, &format!("/account/sessions/{johns}/end"), &[]).await.expect(404);
    shown_again(&again, "devices");
    assert!(again.text.contains("This session has ended already."), "{}", again.text);
    assert!(!again.text.contains(&johns) && again.set_cookies().is_empty());
    edge.call(john.get("/auth/me")).await.expect(200);
    post(&edge, &jane, "/account/sessions/1/end", &[]).await.expect(404);
    another(&edge, "my-app/1.2").await;
    let own = format!("/account/sessions/{}/end", session_ids(&edge).pop().expect("a session"));
    post(&edge, &jane, &own, &[]).await.expect(303);
    shown_again(&post(&edge, &jane, &own, &[]).await.expect(404), "devices");
}

#[actix_web::test]
async fn a_deletion_needs_the_password_and_another_administrator() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(page.text.contains("<details class=\"confirm\">"), "{}", page.text);
    let again = post(&edge, &jane, "/account/delete", &[("password", "not the one")]).await.expect(401);
    shown_again(&again, "delete");
    assert_eq!(again.error("delete-password"), "This is not your password.");
    assert!(again.text.contains("<details class=\"confirm\" open>"), "what is wrong is folded away");
    let again = post(&edge, &jane, "/account/delete", &[]).await.expect(422);
    assert_eq!(again.error("delete-password"), "This is required.");
    let root = admin(&edge).await;
    let again = post(&edge, &root, "/account/delete", &[("password", PASSWORD)]).await.expect(409);
    shown_again(&again, "delete");
    assert!(again.text.contains("The last administrator cannot be removed."), "{}", again.text);
    assert!(edge.store.users().iter().all(|user| user.deletes_at.is_none()));
    edge.call(root.get("/auth/me")).await.expect(200);
}

#[actix_web::test]
async fn a_service_that_is_busy_keeps_what_was_typed() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.hasher = Arc::new(PlainHasher::overloaded());
    let fields = [("newEmail", NEW_EMAIL), ("password", PASSWORD)];
    let again = post(&edge, &jane, "/account/email", &fields).await.expect(503);
    shown_again(&again, "email");
    assert_eq!(again.value("newEmail"), NEW_EMAIL);
}

#[actix_web::test]
async fn what_others_chose_is_text_and_never_markup() {
    let edge = TestEdge::new();
    edge.jane().await;
    let jane = another(&edge, "<script>alert(1)<b>").await;
    let evil = "\"><script>alert(2)";
    post(&edge, &jane, "/account/profile", &[("title", evil), ("skills", "</textarea><script>")]).await.expect(303);
    let typed = [("newEmail", evil), ("password", evil)];
    for page in [
        see(&edge, &jane, "/account").await.expect(200),
        post(&edge, &jane, "/account/email", &typed).await.expect(422),
        post(&edge, &jane, "/account/profile", &[("username", evil), ("locale", evil)]).await.expect(422),
    ] {
        assert!(page.text.contains("&#60;script&#62;alert("), "{}", page.text);
        for markup in ["<script>", "\"><script", "alert(1)<b>"] {
            assert!(!page.text.contains(markup), "{markup} in {}", page.text);
        }
    }
}

#[actix_web::test]
async fn a_form_from_elsewhere_or_with_fields_of_its_own_does_nothing() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    another(&edge, "my-app/1.2").await;
    let own = format!("/account/sessions/{}/end", session_ids(&edge)[1]);
    let before = (edge.store.counts(), edge.store.sessions());
    for path in FORMS.into_iter().chain([&*own]) {
        for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let form = TestRequest::post().uri(path).insert_header(jane.cookies()).insert_header(foreign);
            let refused = edge.call(form.set_form([("password", PASSWORD)])).await.expect(403);
            assert_eq!(refused.heading(), "Cross-site request rejected", "{path}");
        }
    }
    for path in ["/account/profile", "/account/email", "/account/password", "/account/delete"] {
        post(&edge, &jane, path, &[("password", PASSWORD), ("role", "ADMIN")]).await.expect(422);
        let json = TestRequest::post().uri(path).insert_header(jane.cookies()).insert_header(OURS);
        let json = json.insert_header((header::CONTENT_TYPE, "application/json")).set_payload("{}");
        edge.call(json).await.expect(400);
    }
    assert_eq!((edge.store.counts(), edge.store.sessions()), before);
}

//! `/admin/users/{id}`: a person, and what is changed about them.

use doorward_domain::{Role, user::UserStatus};
use doorward_http::Code;
use doorward_testkit::builders::noon;

use super::people::{NOBODY, found, led, path_of, submit, visit};
use crate::{
    admin::{admin, admin_at},
    harness::TestEdge,
};

#[actix_web::test]
async fn a_persons_page_tells_all_there_is_to_know() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let page = visit(&edge, &root, &path).await.expect(200);
    let id = found(&edge, "jane@example.com").expect("a user").id.to_string();
    assert_eq!((page.heading(), page.value("firstName"), page.value("username")), ("Jane Doe", "Jane", "jane"));
    for part in [
        "<dd>Jane@Example.com</dd>",
        "<dt>Confirmed</dt><dd>Not yet</dd>",
        "<dd>jane</dd>",
        "<dd>English</dd>",
        "<dt>Created</dt><dd><time datetime=\"2026-01-01T12:00:00Z\">",
        "\"badge warn\">Address not confirmed<",
        "value=\"CANDIDATE\" required checked>",
        &format!("<code>{id}</code>"),
        &format!("href=\"/admin/audit-events?user={id}\""),
        &format!("action=\"{path}/sessions/end\""),
        "<div class=\"device-name\">",
    ] {
        assert!(page.text.contains(part), "no {part} in {}", page.text);
    }
    assert_eq!(page.text.matches("<li data-id=").count(), 1, "{}", page.text);
    assert!(!page.text.contains(">You<") && !page.text.contains("Is deleted"), "{}", page.text);
    let root_page = visit(&edge, &root, &path_of(&edge, "root@example.com", "")).await.expect(200);
    assert!(root_page.text.contains("<span class=\"badge\">You</span>"), "{}", root_page.text);
    assert!(!root_page.text.contains("Jane"), "{}", root_page.text);
}

#[actix_web::test]
async fn a_page_offers_what_can_be_done_as_the_person_stands() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let offers = |text: &str, act: &str| text.contains(&format!("action=\"{path}/{act}\""));
    let page = visit(&edge, &root, &path).await.text;
    assert!(offers(&page, "deactivate") && !offers(&page, "activate") && offers(&page, "delete"), "{page}");
    submit(&edge, &root, &format!("{path}/deactivate"), &[]).await.expect(303);
    edge.amend("Jane@Example.com", |jane| {
        (jane.email_verified_at, jane.deletes_at) = (Some(noon()), Some(noon()));
    })
    .await;
    let page = visit(&edge, &root, &path).await.text;
    assert!(!offers(&page, "deactivate") && offers(&page, "activate") && !offers(&page, "sessions/end"), "{page}");
    assert!(page.contains("No sessions.") && page.contains(">Deactivated<") && page.contains("<dt>Is deleted</dt>"));
    assert!(page.contains("<dt>Confirmed</dt><dd><time "), "{page}");
}

#[actix_web::test]
async fn nobodys_page_is_not_found_and_nothing_is_done_to_nobody() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let before = edge.store.counts();
    for id in [NOBODY, "me", "1"] {
        let page = visit(&edge, &root, &format!("/admin/users/{id}")).await.expect(404);
        assert_eq!(page.heading(), Code::NotFound.title());
        for act in ["/deactivate", "/activate", "/reset-password", "/delete", "/sessions/end", "/role", ""] {
            let fields: &[(&str, &str)] = if act == "/role" { &[("role", "CANDIDATE")] } else { &[] };
            let page = submit(&edge, &root, &format!("/admin/users/{id}{act}"), fields).await.expect(404);
            assert_eq!(page.heading(), Code::NotFound.title(), "{act}");
        }
    }
    assert_eq!(edge.store.counts(), before);
}

#[actix_web::test]
async fn names_and_profile_are_changed() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let fields =
        [("firstName", "Janet"), ("lastName", "Roe"), ("username", ""), ("title", "Engineer"), ("skills", "Rust")];
    let saved = submit(&edge, &root, &path, &fields).await.expect(303);
    assert_eq!(led(&saved), (&*path, "user_saved"));
    let page = visit(&edge, &root, &path).await.expect(200);
    assert_eq!((page.heading(), page.value("username"), page.value("title")), ("Janet Roe", "", "Engineer"));
    assert!(page.text.contains(">\nRust</textarea>"), "{}", page.text);
    let own = visit(&edge, &root, &path_of(&edge, "root@example.com", "")).await.expect(200);
    assert_eq!(own.heading(), "Root Admin");
}

#[actix_web::test]
async fn a_refused_change_says_what_is_wrong_and_keeps_what_was_typed() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let page = submit(&edge, &root, &path, &[("firstName", " "), ("lastName", "Roe")]).await.expect(422);
    assert_eq!((page.value("lastName"), page.error("profile-firstName")), ("Roe", "This is required."));
    assert!(page.text.contains("<title>Error: Jane Doe · doorward</title>"), "{}", page.text);
    let page = submit(&edge, &root, &path, &[("username", "-")]).await.expect(422);
    assert!(!page.error("profile-username").is_empty());
    submit(&edge, &root, &path_of(&edge, "root@example.com", ""), &[("username", "root")]).await.expect(303);
    let page = submit(&edge, &root, &path, &[("username", "ROOT")]).await.expect(409);
    assert!(page.text.contains(Code::UsernameTaken.message()) && page.value("username") == "ROOT");
    // A form that was opened before the role was changed.
    submit(&edge, &root, &path, &[("title", "Engineer")]).await.expect(303);
    let page = submit(&edge, &root, &path, &[("companyName", "Tech Corp")]).await.expect(422);
    assert_eq!(page.value("title"), "Engineer");
    assert_eq!(found(&edge, "jane@example.com").map(|jane| jane.name.full()).as_deref(), Some("Jane Doe"));
}

#[actix_web::test]
async fn another_role_brings_another_profile() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let role = format!("{path}/role");
    submit(&edge, &root, &path, &[("title", "Engineer")]).await.expect(303);
    let page = submit(&edge, &root, &role, &[("role", "EMPLOYER"), ("company", "")]).await.expect(422);
    assert_eq!(page.error("role-company"), "This is required.");
    assert!(page.text.contains("value=\"EMPLOYER\" required checked>") && page.value("title") == "Engineer");
    let fields = [("role", "EMPLOYER"), ("company", "Tech Corp")];
    assert_eq!(led(&submit(&edge, &root, &role, &fields).await.expect(303)), (&*path, "user_saved"));
    let page = visit(&edge, &root, &path).await.expect(200);
    assert_eq!(page.value("companyName"), "Tech Corp");
    assert!(!page.text.contains("name=\"company\""), "{}", page.text);
    // The field was filled in before another role was chosen.
    submit(&edge, &root, &role, &[("role", "CANDIDATE"), ("company", "X")]).await.expect(303);
    assert_eq!(visit(&edge, &root, &path).await.value("title"), "Engineer");
    submit(&edge, &root, &role, &[("role", "ROOT")]).await.expect(422);
    assert_eq!(found(&edge, "jane@example.com").map(|jane| jane.role), Some(Role::Candidate));
}

#[actix_web::test]
async fn an_administrator_who_is_none_any_more_begins_elsewhere() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let role = path_of(&edge, "root@example.com", "/role");
    let page = submit(&edge, &root, &role, &[("role", "CANDIDATE")]).await.expect(409);
    assert!(page.text.contains(Code::LastAdmin.message()) && page.heading() == "Root Admin");
    admin_at(&edge, "other@example.com").await;
    let gone = submit(&edge, &root, &role, &[("role", "CANDIDATE")]).await.expect(303);
    assert_eq!(led(&gone), ("/my-assessments", "user_saved"));
    visit(&edge, &root, "/my-assessments").await.expect(200);
    visit(&edge, &root, "/admin/users").await.expect(403);
    let root = found(&edge, "root@example.com").expect("a user");
    assert_eq!((root.role, root.status), (Role::Candidate, UserStatus::Active));
}

//! `/admin/invitations`

use std::time::Duration;

use doorward_application::ports::MessageKind;
use doorward_domain::Role;
use doorward_http::Code;
use serde_json::json;

use super::{open_as, submit_as};
use crate::{
    admin::admin,
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge, sign_up},
};

const PATH: &str = "/admin/invitations";
const BOSS: [(&str, &str); 4] =
    [("email", "Boss@Example.com"), ("role", "EMPLOYER"), ("company", "Tech Corp"), ("locale", "de")];

/// The rows of the list.
fn rows(page: &Answer) -> Vec<&str> {
    let body =
        page.text.split_once("<tbody>").map_or("", |(_, rest)| rest.split("</tbody>").next().unwrap_or_default());
    body.split("<tr>").skip(1).collect()
}

async fn invite(edge: &TestEdge, root: &Person, email: &str) {
    submit_as(edge, root, PATH, &[("email", email), ("role", "CANDIDATE")]).await.expect(303);
}

#[actix_web::test]
async fn an_administrator_invites_someone() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let blank = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!((blank.heading(), rows(&blank).len()), ("Invitations", 0));
    assert!(blank.text.contains("<p class=\"empty\">Nobody is invited yet.</p>"), "{}", blank.text);
    assert!(blank.text.contains("name=\"role\" value=\"CANDIDATE\" required checked>"), "{}", blank.text);
    assert!(blank.text.contains("<option value=\"en\" selected>English</option>"), "{}", blank.text);
    let done = submit_as(&edge, &root, PATH, &BOSS).await.expect(303);
    assert_eq!(done.header("location"), Some(PATH));
    assert!(done.set_cookies().iter().any(|cookie| cookie.starts_with("done=invited")), "{:?}", done.set_cookies());
    let message = edge.store.messages().pop().expect("a mail");
    assert_eq!((message.kind, message.locale.as_str()), (MessageKind::Invitation, "de"));
    let page = open_as(&edge, &root, PATH).await.expect(200);
    let [row] = rows(&page)[..] else { panic!("{}", page.text) };
    let invitation = &edge.store.invitations()[0];
    for part in [
        "<td>Boss@Example.com<p class=\"hint\">Tech Corp</p></td>",
        "<span class=\"badge\">Employer</span>",
        "<span class=\"badge warn\">Open</span>",
        "<time datetime=\"2026-01-01T12:00:00Z\">2026-01-01 12:00 UTC</time>",
        "<time datetime=\"2026-01-08T12:00:00Z\">2026-01-08 12:00 UTC</time>",
        &format!("method=\"post\" action=\"/admin/invitations/{}/withdraw\"", invitation.id),
    ] {
        assert!(row.contains(part), "no {part} in {row}");
    }
    let token = edge.link(MessageKind::Invitation).await;
    assert!(!page.text.contains(&token) && !done.text.contains(&token));
}

#[actix_web::test]
async fn a_company_that_was_typed_before_another_role_was_chosen_does_not_count() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let fields = [("email", "new@example.com"), ("role", "ADMIN"), ("company", "Tech Corp"), ("locale", "")];
    submit_as(&edge, &root, PATH, &fields).await.expect(303);
    let invitation = edge.store.invitations().remove(0);
    assert_eq!((invitation.role, invitation.company), (Role::Admin, None));
}

#[actix_web::test]
async fn what_is_wrong_with_an_invitation_is_said_and_what_was_typed_stays() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    invite(&edge, &root, "other@example.com").await;
    let fields = [("email", "\"><script>x"), ("role", "EMPLOYER"), ("company", "Tech Corp"), ("locale", "de")];
    let again = submit_as(&edge, &root, PATH, &fields).await.expect(422);
    assert!(
        again.text.contains("<title>Error: Invitations · doorward</title>") && again.text.contains("role=\"alert\"")
    );
    assert_eq!(again.error("invite-email"), "This must be an email address.");
    assert!(again.value("email").contains("script&#62;x") && !again.text.contains("<script>x"), "{}", again.text);
    assert_eq!(again.value("company"), "Tech Corp");
    assert!(again.text.contains("value=\"EMPLOYER\" required checked>"), "{}", again.text);
    assert!(again.text.contains("<option value=\"de\" selected>"), "{}", again.text);
    assert_eq!(rows(&again).len(), 1);
    let none = submit_as(&edge, &root, PATH, &[]).await.expect(422);
    assert_eq!(none.error("invite-email"), "This is required.");
    assert_eq!(none.error("invite-role"), "This must be one of these: CANDIDATE EMPLOYER ADMIN.");
    let taken = submit_as(&edge, &root, PATH, &[("email", "root@example.com"), ("role", "ADMIN")]).await;
    let taken = taken.expect(Code::UserAlreadyExists.status().as_u16());
    assert!(taken.text.contains(Code::UserAlreadyExists.message()) && taken.value("email") == "root@example.com");
    assert_eq!(edge.store.invitations().len(), 1);
}

#[actix_web::test]
async fn an_open_invitation_is_taken_back_once() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    submit_as(&edge, &root, PATH, &BOSS).await.expect(303);
    let withdraw = format!("{PATH}/{}/withdraw", edge.store.invitations()[0].id);
    let done = submit_as(&edge, &root, &withdraw, &[]).await.expect(303);
    assert_eq!(done.header("location"), Some(PATH));
    let notice = "done=invitation_withdrawn";
    assert!(done.set_cookies().iter().any(|cookie| cookie.starts_with(notice)), "{:?}", done.set_cookies());
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert!(rows(&page)[0].contains("Taken back</span>") && !rows(&page)[0].contains("<form"), "{}", page.text);
    submit_as(&edge, &root, &withdraw, &[]).await.expect(404);
    for nobodys in ["00000000-0000-7000-8000-000000000000", "x"] {
        submit_as(&edge, &root, &format!("{PATH}/{nobodys}/withdraw"), &[]).await.expect(404);
    }
}

#[actix_web::test]
async fn what_became_of_an_invitation_is_shown() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    invite(&edge, &root, "jane@example.com").await;
    let invitation = edge.link(MessageKind::Invitation).await;
    edge.post("/auth/register", sign_up(json!({"role": null, "invitation": invitation}))).await.expect(201);
    invite(&edge, &root, "late@example.com").await;
    edge.clock.advance(Duration::from_hours(7 * 24));
    let log_in = edge.post("/auth/login", json!({"email": "root@example.com", "password": PASSWORD}));
    let page = open_as(&edge, &Person::of(&log_in.await.expect(200)), PATH).await.expect(200);
    let [late, jane] = rows(&page)[..] else { panic!("{}", page.text) };
    assert!(late.contains("late@example.com") && late.contains("Expired</span>"), "{late}");
    assert!(jane.contains("jane@example.com") && jane.contains("<span class=\"badge good\">Accepted</span>"), "{jane}");
    assert!(!page.text.contains("/withdraw"), "{}", page.text);
}

#[actix_web::test]
async fn invitations_come_in_pages() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for n in 1..=51 {
        invite(&edge, &root, &format!("new{n}@example.com")).await;
    }
    let first = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(rows(&first).len(), 50);
    assert!(rows(&first)[0].contains("new51@example.com") && !first.text.contains("Newest"), "{}", first.text);
    let (_, next) = first.text.split_once("rel=\"next\" href=\"").expect("a link");
    let second = open_as(&edge, &root, next.split('"').next().unwrap()).await.expect(200);
    assert_eq!(rows(&second).len(), 1);
    assert!(rows(&second)[0].contains("new1@example.com") && !second.text.contains("rel=\"next\""), "{}", second.text);
    assert!(second.text.contains("href=\"/admin/invitations\">Newest</a>"), "{}", second.text);
    open_as(&edge, &root, &format!("{PATH}?cursor=x")).await.expect(422);
}

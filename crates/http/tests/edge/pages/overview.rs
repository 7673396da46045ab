//! `/admin`

use std::time::Duration;

use doorward_http::Code;
use serde_json::json;

use super::{open, open_as, submit_as};
use crate::{
    admin::admin,
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

const PATH: &str = "/admin";

async fn fail_to_sign_in(edge: &TestEdge) {
    edge.post("/auth/login", json!({"email": "root@example.com", "password": "wrong"}))
        .await
        .refused(Code::InvalidCredentials);
}

async fn sign_in(edge: &TestEdge) -> Person {
    Person::of(&edge.post("/auth/login", json!({"email": "root@example.com", "password": PASSWORD})).await.expect(200))
}

/// What the page says of a chart.
fn chart(title: &str, total: u64, most: u64) -> String {
    format!("aria-label=\"{title} over the last 24 hours: {total} in all, {most} in the busiest hour.\"")
}

fn columns(answer: &Answer, height: u64) -> usize {
    answer.text.matches(&format!("width=\"8\" height=\"{height}\"")).count()
}

#[actix_web::test]
async fn administrators_are_greeted_with_what_happened_over_the_last_day() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    fail_to_sign_in(&edge).await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(page.heading(), "Welcome Root Admin!");
    for chart in [chart("Sign-ins", 1, 1), chart("Refused sign-ins", 1, 1), chart("New people", 2, 2)] {
        assert!(page.text.contains(&chart), "no {chart} in {}", page.text);
    }
    assert!(page.text.contains("<p class=\"number\">2</p>"), "{}", page.text);
    // The hour that ends now is the last column, and each is told in words and in a table too.
    assert_eq!(
        page.text
            .matches("<rect class=\"column\" x=\"231\" y=\"4\" width=\"8\" height=\"56\"><title>1 h ago: 2</title>")
            .count(),
        1
    );
    assert_eq!(page.text.matches("<tr><th scope=\"row\">1</th><td>2</td></tr>").count(), 1);
    assert_eq!(page.text.matches("<tr><th scope=\"row\">24</th><td>0</td></tr>").count(), 3);
    assert!(
        page.text.contains("<strong>Sign-in refused</strong> <span class=\"badge bad\">Invalid credentials</span>")
    );
    assert!(page.text.contains("<a href=\"/admin\" aria-current=\"page\">"));
}

#[actix_web::test]
async fn a_day_on_which_nothing_happened_is_flat() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    fail_to_sign_in(&edge).await;
    edge.clock.advance(Duration::from_hours(25));
    let page = open_as(&edge, &root, PATH).await.expect(200);
    for title in ["Sign-ins", "Refused sign-ins", "New people"] {
        assert!(page.text.contains(&chart(title, 0, 0)), "{}", page.text);
    }
    assert_eq!((page.text.matches("<p class=\"number\">0</p>").count(), columns(&page, 1)), (3, 72));
}

#[actix_web::test]
async fn hours_are_compared_and_none_with_anything_looks_like_none() {
    let edge = TestEdge::new();
    admin(&edge).await;
    fail_to_sign_in(&edge).await;
    edge.clock.advance(Duration::from_hours(2));
    for _ in 0..2 {
        fail_to_sign_in(&edge).await;
    }
    edge.clock.advance(Duration::from_hours(2));
    for _ in 0..40 {
        fail_to_sign_in(&edge).await;
    }
    let page = open_as(&edge, &sign_in(&edge).await, PATH).await.expect(200);
    assert!(page.text.contains(&chart("Refused sign-ins", 43, 40)), "{}", page.text);
    // 1 and 2 of 40 would be 1 and 2 high.
    for column in [
        "x=\"191\" y=\"56\" width=\"8\" height=\"4\"><title>5 h ago: 1<",
        "x=\"211\" y=\"56\" width=\"8\" height=\"4\"><title>3 h ago: 2<",
    ] {
        assert!(page.text.contains(column), "no {column} in {}", page.text);
    }
}

#[actix_web::test]
async fn the_latest_entries_of_the_log_are_shown_and_the_way_to_all() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for _ in 0..9 {
        fail_to_sign_in(&edge).await;
    }
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(page.text.matches("<li data-id=").count(), 8);
    assert!(page.text.contains("<a href=\"/admin/audit-events\">The whole log</a>"), "{}", page.text);
}

#[actix_web::test]
async fn an_administrators_own_profile_is_changed_here() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let saved = submit_as(&edge, &root, "/profile", &[("firstName", "Ada"), ("phoneNumber", "+49 30 1234567")])
        .await
        .expect(303);
    assert_eq!(saved.header("location"), Some(PATH));
    assert!(saved.set_cookies().iter().any(|cookie| cookie.starts_with("done=saved")), "{:?}", saved.set_cookies());
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!((page.heading(), page.value("phoneNumber")), ("Welcome Ada Admin!", "+49 30 1234567"));
}

#[actix_web::test]
async fn what_is_wrong_with_the_profile_is_said_on_the_same_page() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let evil = "<script>alert(1)</script>";
    for (field, typed, wrong) in
        [("firstName", "", "This is required."), ("phoneNumber", "none", "This must be a telephone number.")]
    {
        let again = submit_as(&edge, &root, "/profile", &[("lastName", evil), (field, typed)]).await.expect(422);
        assert!(again.text.contains("<title>Error: Overview · doorward</title>"), "{}", again.text);
        assert_eq!((again.error(&format!("profile-{field}")), again.value(field)), (wrong, typed));
        assert_eq!(again.value("lastName"), "&#60;script&#62;alert(1)&#60;/script&#62;");
        assert!(!again.text.contains(evil), "{}", again.text);
        assert!(again.text.contains(&chart("Sign-ins", 1, 1)) && again.text.contains("<li data-id="), "{}", again.text);
    }
    assert_eq!(edge.store.users()[0].name.full(), "Root Admin");
}

#[actix_web::test]
async fn nobody_else_comes_to_a_page_of_the_console() {
    let edge = TestEdge::new();
    admin(&edge).await;
    let jane = edge.jane().await;
    for path in ["/admin", "/admin/invitations", "/admin/audit-events", "/admin/audit-events/latest"] {
        let stranger = open(&edge, path).await.expect(303);
        let back = path.replace('/', "%2F");
        assert_eq!(stranger.header("location"), Some(&*format!("/login?returnTo={back}")));
        let page = open_as(&edge, &jane, path).await.expect(403);
        assert!(page.text.contains(Code::Forbidden.message()) && !page.text.contains("data-id"), "{}", page.text);
    }
    let before = edge.store.counts();
    let id = "00000000-0000-7000-8000-000000000000";
    for path in ["/admin/invitations", &format!("/admin/invitations/{id}/withdraw")] {
        let fields = [("email", "new@example.com"), ("role", "ADMIN")];
        submit_as(&edge, &jane, path, &fields).await.expect(403);
        edge.submit(path, &fields).await.expect(401);
    }
    assert_eq!(edge.store.counts(), before);
}

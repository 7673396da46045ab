//! `/admin/users`: the list of people.

use actix_web::test::TestRequest;
use doorward_application::ports::{Access, Store};
use doorward_domain::user::{PersonName, User, UserStatus};
use doorward_http::Code;
use doorward_testkit::builders::{line, noon, user};
use serde_json::json;

use super::open;
use crate::{
    admin::admin,
    answer::Answer,
    harness::{OURS, Person, TestEdge},
};

/// An id that nobody has.
pub(super) const NOBODY: &str = "00000000-0000-7000-8000-000000000000";
pub(super) const LIST: &str = "/admin/users";

/// Opens a page, as somebody who is signed in.
pub(super) async fn visit(edge: &TestEdge, who: &Person, path: &str) -> Answer {
    edge.call(TestRequest::get().uri(path).insert_header(who.cookies())).await
}

/// Posts a form of a page of ours, as somebody who is signed in.
pub(super) async fn submit(edge: &TestEdge, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = TestRequest::post().uri(path).insert_header(OURS).insert_header(who.cookies());
    edge.call(request.set_form(fields)).await
}

/// The page of a person, and perhaps what follows.
pub(super) fn path_of(edge: &TestEdge, email: &str, rest: &str) -> String {
    format!("{LIST}/{}{rest}", found(edge, email).expect("a user").id)
}

/// Who has this address.
pub(super) fn found(edge: &TestEdge, email: &str) -> Option<User> {
    edge.store.users().into_iter().find(|user| user.email.typed().eq_ignore_ascii_case(email))
}

/// Where an answer leads, and what the page there says.
pub(super) fn led(answer: &Answer) -> (&str, &str) {
    let said = answer.set_cookies().into_iter().find_map(|set| set.strip_prefix("done="));
    let said = said.and_then(|said| said.split(';').next()).unwrap_or_default();
    (answer.header("location").expect("a place"), said)
}

/// The names of those who are listed, in the order of the list.
fn names(page: &Answer) -> Vec<&str> {
    let rows = page.text.split("<td><a href=\"/admin/users/").skip(1);
    rows.map(|row| row.split_once('>').and_then(|(_, rest)| rest.split_once('<')).expect("a name").0).collect()
}

/// Where the link of this kind leads.
fn link(page: &Answer, kind: &str) -> Option<String> {
    let (_, rest) = page.text.split_once(&format!("<a class=\"button quiet\"{kind} href=\""))?;
    Some(rest.split_once('"')?.0.replace("&#38;", "&"))
}

/// Puts this many people into the store, every third of them deactivated.
async fn crowd(edge: &TestEdge, count: u32) {
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    for n in 1..=count {
        let status = if n % 3 == 0 { UserStatus::Deactivated } else { UserStatus::Active };
        let name = PersonName::new(line("Ann"), line(&format!("Number{n}")));
        unit.users().insert(&User { status, name, ..user(1000 + n) }, None).await.expect("a user");
    }
    unit.commit().await.expect("a commit");
}

#[actix_web::test]
async fn the_people_are_shown_to_administrators_alone() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    let person = path_of(&edge, "jane@example.com", "");
    for path in [LIST, "/admin/users/new", &person] {
        let to_log_in = open(&edge, path).await.expect(303);
        let place = path.replace('/', "%2F");
        assert_eq!(to_log_in.header("location"), Some(&*format!("/login?returnTo={place}")));
        assert_eq!(visit(&edge, &jane, path).await.expect(403).heading(), Code::Forbidden.title());
        visit(&edge, &root, path).await.expect(200);
    }
}

#[actix_web::test]
async fn the_list_says_who_is_there_and_how_they_stand() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    edge.amend("Jane@Example.com", |jane| jane.email_verified_at = Some(noon())).await;
    edge.person(json!({"email": "boss@example.com", "role": "EMPLOYER", "company": "Tech Corp"})).await;
    edge.amend("boss@example.com", |boss| (boss.status, boss.last_login_at) = (UserStatus::Deactivated, None)).await;
    edge.person(json!({"email": "gone@example.com"})).await;
    edge.amend("gone@example.com", |gone| gone.deletes_at = Some(noon())).await;
    let page = visit(&edge, &root, LIST).await.expect(200);
    let row = |email: &str| {
        let rows = page.text.split("<tr>").filter(|row| row.contains(&format!(">{email}</td>")));
        rows.last().unwrap_or_else(|| panic!("no {email} in {}", page.text)).to_owned()
    };
    let (jane, boss, gone) = (row("Jane@Example.com"), row("boss@example.com"), row("gone@example.com"));
    assert!(jane.contains(&format!("<a href=\"{}\">Jane Doe</a>", path_of(&edge, "jane@example.com", ""))), "{jane}");
    assert!(jane.contains(">Candidate</span>") && jane.contains("\"badge good\">Active<"), "{jane}");
    assert_eq!(jane.matches("<time datetime=\"2026-01-01T12:00:00Z\">").count(), 2, "{jane}");
    assert!(boss.contains(">Employer</span>") && boss.contains("\"badge bad\">Deactivated<"), "{boss}");
    assert!(boss.contains("\"badge warn\">Address not confirmed<") && boss.contains(">Never<"), "{boss}");
    assert!(gone.contains("\"badge bad\">Going to be deleted<") && !gone.contains(">Active<"), "{gone}");
    assert!(!page.text.contains("<nav class=\"pager\""), "{}", page.text);
}

#[actix_web::test]
async fn filters_narrow_and_stay_in_the_form() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    edge.person(json!({"email": "boss@example.com", "firstName": "Bo", "role": "EMPLOYER", "company": "X"})).await;
    edge.deactivate("boss@example.com").await;
    let cases: [(&str, &[&str]); 6] = [
        ("", &["Bo Doe", "Jane Doe", "Root Admin"]),
        ("search=&role=&active=", &["Bo Doe", "Jane Doe", "Root Admin"]),
        ("search=JANE%40ex", &["Jane Doe"]),
        ("role=EMPLOYER", &["Bo Doe"]),
        ("active=true", &["Jane Doe", "Root Admin"]),
        ("search=jane&active=false", &[]),
    ];
    for (filters, expected) in cases {
        let page = visit(&edge, &root, &format!("{LIST}?{filters}")).await.expect(200);
        assert_eq!(names(&page), expected, "{filters}");
        assert_eq!(page.text.contains("<p class=\"empty\">Nobody matches.</p>"), expected.is_empty(), "{filters}");
    }
    let page = visit(&edge, &root, "/admin/users?search=jane+%22d&role=ADMIN&active=false").await.expect(200);
    assert_eq!(page.value("search"), "jane &#34;d");
    assert!(page.text.contains("<option value=\"ADMIN\" selected>"), "{}", page.text);
    assert!(page.text.contains("<option value=\"false\" selected>Deactivated</option>"), "{}", page.text);
    assert!(page.text.contains("<form class=\"filters\" method=\"get\" action=\"/admin/users\""), "{}", page.text);
}

#[actix_web::test]
async fn paging_sees_each_once_and_keeps_the_filters() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    crowd(&edge, 180).await;
    let first = visit(&edge, &root, "/admin/users?search=ann&active=true").await.expect(200);
    assert_eq!((names(&first).len(), link(&first, "")), (50, None));
    let mut seen: Vec<String> = names(&first).into_iter().map(ToOwned::to_owned).collect();
    let mut next = link(&first, " rel=\"next\"");
    while let Some(path) = next {
        assert!(path.starts_with("/admin/users?search=ann&active=true&cursor="), "{path}");
        let page = visit(&edge, &root, &path).await.expect(200);
        seen.extend(names(&page).into_iter().map(ToOwned::to_owned));
        assert_eq!(link(&page, "").as_deref(), Some("/admin/users?search=ann&active=true"));
        next = link(&page, " rel=\"next\"");
    }
    assert_eq!((seen.len(), seen[0].as_str(), seen[119].as_str()), (120, "Ann Number179", "Ann Number1"));
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}

#[actix_web::test]
async fn what_cannot_be_asked_for_is_said_above_the_filters() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let long = "a".repeat(101);
    let page = visit(&edge, &root, &format!("{LIST}?role=EMPLOYER&search={long}")).await.expect(422);
    assert_eq!((page.value("search"), page.error("filter-search")), (&*long, "This must have at most 100 characters."));
    assert!(page.text.contains("<option value=\"EMPLOYER\" selected>") && page.text.contains("role=\"alert\""));
    assert!(page.text.contains("<title>Error: People · doorward</title>"), "{}", page.text);
    for query in ["cursor=x&search=jane", "search=jane&cursor=AZifPnosfhGwoQwvS22OkPYyS3s4m7t2uVx0k9Q4zN0"] {
        let page = visit(&edge, &root, &format!("{LIST}?{query}")).await.expect(422);
        assert!(page.text.contains("<p>This page of the list is there no longer. Begin at the first.</p>"));
        assert_eq!((page.value("search"), link(&page, "").as_deref()), ("jane", Some("/admin/users?search=jane")));
        assert!(!page.text.contains("Nobody matches."), "{}", page.text);
    }
    let page = visit(&edge, &root, "/admin/users?active=perhaps").await.expect(422);
    assert_eq!(page.error("filter-active"), "This must be true or false.");
    visit(&edge, &root, "/admin/users?role=ROOT").await.expect(422);
    visit(&edge, &root, "/admin/users?page=2").await.expect(422);
}

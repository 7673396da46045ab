//! `/admin/audit-events`

use actix_web::test::TestRequest;
use doorward_domain::audit::AuditKind;
use doorward_http::Code;
use serde_json::json;

use super::{open_as, submit_as};
use crate::{admin::admin, answer::Answer, harness::TestEdge};

const PATH: &str = "/admin/audit-events";
const LATEST: &str = "/admin/audit-events/latest";

/// The entries, each as it is written.
fn entries(answer: &Answer) -> Vec<&str> {
    answer.text.split("<li data-id=").skip(1).map(|entry| entry.split("</li>").next().unwrap_or_default()).collect()
}

/// What is said to have happened, the latest first.
fn happened(answer: &Answer) -> Vec<&str> {
    let parts = entries(answer).into_iter().filter_map(|entry| entry.split_once("<strong>")?.1.split_once("</strong>"));
    parts.map(|(words, _)| words).collect()
}

fn id_of(edge: &TestEdge, email: &str) -> String {
    edge.store.users().iter().find(|user| user.email.typed() == email).expect("a user").id.to_string()
}

#[actix_web::test]
async fn an_entry_says_what_happened_to_whom_by_whom_and_from_where() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let (root_id, jane_id) = (id_of(&edge, "root@example.com"), id_of(&edge, "Jane@Example.com"));
    let firefox = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    let path = format!("/auth/admin/users/{jane_id}/deactivate");
    let request = root.bearing(TestRequest::post().uri(&path)).insert_header(firefox);
    edge.call(request.peer_addr("192.0.2.7:4711".parse().unwrap())).await.expect(200);
    let page = open_as(&edge, &root, PATH).await.expect(200);
    let link = |id: &str| format!("<a href=\"/admin/users/{id}\" title=\"{id}\"><code>{}</code></a>", &id[28..]);
    let entry = entries(&page)[0];
    let facts = format!("about {} · by {} · 192.0.2.7 · Firefox on Linux", link(&jane_id), link(&root_id));
    assert!(entry.contains("<strong>Account deactivated</strong>") && entry.contains(&facts), "{entry}");
    assert!(entry.contains("<time datetime=\"2026-01-01T12:00:00Z\">2026-01-01 12:00 UTC</time>"), "{entry}");
    // Jane signed up.
    let entry = entries(&page)[1];
    assert!(entry.contains("<strong>Signed up</strong> <span class=\"badge quiet\">Candidate</span>"), "{entry}");
    assert!(entry.contains(&format!("by {}", link(&jane_id))), "{entry}");
}

#[actix_web::test]
async fn what_a_device_calls_itself_is_text_and_never_markup() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let evil = ("user-agent", "<script>alert(1)</script>");
    let body = json!({"email": "root@example.com", "password": "wrong"});
    edge.call(TestRequest::post().uri("/auth/login").insert_header(evil).set_json(body))
        .await
        .refused(Code::InvalidCredentials);
    for path in [PATH, LATEST] {
        let page = open_as(&edge, &root, path).await.expect(200);
        assert!(
            page.text.contains("&#60;script&#62;alert(1)") && !page.text.contains("<script>alert"),
            "{}",
            page.text
        );
    }
}

#[actix_web::test]
async fn the_log_is_narrowed_to_what_happened_and_to_whom() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    submit_as(&edge, &jane, "/logout", &[]).await.expect(303);
    let jane_id = id_of(&edge, "Jane@Example.com");
    let about = open_as(&edge, &root, &format!("{PATH}?type=&user={jane_id}")).await.expect(200);
    assert_eq!(happened(&about), ["Signed out", "Signed up"]);
    assert_eq!(about.value("user"), jane_id);
    let both = open_as(&edge, &root, &format!("{PATH}?type=signed_up&user=%20{jane_id}")).await.expect(200);
    assert_eq!(happened(&both), ["Signed up"]);
    assert!(both.text.contains("<option value=\"signed_up\" selected>Signed up</option>"), "{}", both.text);
    assert!(both.text.contains(&format!("<a class=\"button quiet\" href=\"{PATH}\">Show all</a>")), "{}", both.text);
    let none = open_as(&edge, &root, &format!("{PATH}?type=data_exported")).await.expect(200);
    assert!(none.text.contains("<p class=\"empty\">There are no such entries.</p>"), "{}", none.text);
    // Where the first new entry comes to stand.
    assert!(none.text.contains("data-tail=\"/admin/audit-events/latest?type=data_exported\""), "{}", none.text);
    let all = open_as(&edge, &root, PATH).await.expect(200);
    assert!(happened(&all).len() > 2 && !all.text.contains("Show all"), "{}", all.text);
}

#[actix_web::test]
async fn what_cannot_be_asked_for_is_said_beside_what_was_typed() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let page = open_as(&edge, &root, &format!("{PATH}?user=jane%22%3E")).await.expect(422);
    assert_eq!((page.error("user"), page.value("user")), ("This must be an id.", "jane&#34;&#62;"));
    assert!(page.text.contains("<title>Error: Audit log · doorward</title>"), "{}", page.text);
    assert!(entries(&page).is_empty() && !page.text.contains("data-tail"), "{}", page.text);
    let page = open_as(&edge, &root, &format!("{PATH}?type=nonsense")).await.expect(422);
    assert_eq!(page.error("type"), "This must be a type of entry, such as signed_in.");
    open_as(&edge, &root, &format!("{PATH}?cursor=x")).await.expect(422);
    open_as(&edge, &root, &format!("{LATEST}?user=jane")).await.expect(422);
}

#[actix_web::test]
async fn every_kind_of_entry_has_its_words() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    let mut seen = Vec::new();
    for kind in AuditKind::ALL.map(AuditKind::as_str) {
        let option =
            page.text.split_once(&format!("<option value=\"{kind}\">")).and_then(|(_, rest)| rest.split_once('<'));
        let words = option.unwrap_or_else(|| panic!("no {kind} in {}", page.text)).0;
        assert!(words != kind && !words.contains('_') && !seen.contains(&words), "{kind} is called {words}");
        seen.push(words);
    }
}

#[actix_web::test]
async fn the_log_comes_in_pages_of_which_the_first_is_live() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for n in 0..50 {
        edge.person(json!({"email": format!("user{n}@example.com")})).await;
    }
    let first = open_as(&edge, &root, &format!("{PATH}?type=signed_up")).await.expect(200);
    assert_eq!(entries(&first).len(), 50);
    assert!(first.text.contains("data-tail-toggle aria-pressed=\"false\" hidden>Live<"), "{}", first.text);
    let (_, next) = first.text.split_once("rel=\"next\" href=\"").expect("a link");
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let second = open_as(&edge, &root, &next).await.expect(200);
    assert_eq!(happened(&second), ["Signed up"]);
    assert!(!second.text.contains("data-tail") && !second.text.contains("rel=\"next\""), "{}", second.text);
    assert!(second.text.contains("href=\"/admin/audit-events?type=signed_up\">Newest</a>"), "{}", second.text);
}

#[actix_web::test]
async fn the_newest_entries_come_alone_for_a_page_that_follows_the_log() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = format!("{PATH}?type=signed_up&user={}", id_of(&edge, "Jane@Example.com"));
    let page = open_as(&edge, &root, &path).await.expect(200);
    let (_, tail) = page.text.split_once("data-tail=\"").expect("a tail");
    let tail = tail.split('"').next().unwrap().replace("&#38;", "&");
    let latest = open_as(&edge, &root, &tail).await.expect(200);
    assert_eq!(latest.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(latest.header("content-security-policy"), page.header("content-security-policy"));
    assert!(latest.text.starts_with("<li data-id=\"") && latest.text.ends_with("</li>"), "{}", latest.text);
    assert_eq!(entries(&latest), entries(&page));
    let all = open_as(&edge, &root, LATEST).await.expect(200);
    let ids: Vec<_> = entries(&all).iter().map(|entry| entry.split('"').nth(1).unwrap()).collect();
    assert!(ids.len() > 2 && ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    assert!(!all.text.contains("<html"), "{}", all.text);
}

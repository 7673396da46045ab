//! `/admin/keys`

use std::time::Duration;

use actix_web::test::TestRequest;
use doorward_domain::audit::AuditKind;
use doorward_http::Code;
use serde_json::json;

use super::{open, open_as, people::led, submit_as};
use crate::{
    admin::admin,
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

const PATH: &str = "/admin/keys";
const ROTATE: &str = "/admin/keys/rotate";
const NEXT: &str = "It is published and signs from <time datetime=\"2026-01-01T12:05:30Z\">";

/// An edge with its first key, which `key-1` is called, and an administrator.
async fn with_key() -> (TestEdge, Person) {
    let edge = TestEdge::new();
    edge.tend_keys().await;
    let root = admin(&edge).await;
    (edge, root)
}

/// Waits, and signs the administrator in again.
async fn later(edge: &TestEdge, time: Duration) -> Person {
    edge.clock.advance(time);
    edge.tend_keys().await;
    let log_in = edge.post("/auth/login", json!({"email": "root@example.com", "password": PASSWORD}));
    Person::of(&log_in.await.expect(200))
}

/// The rows of the list.
fn rows(page: &Answer) -> Vec<&str> {
    let body =
        page.text.split_once("<tbody>").map_or("", |(_, rest)| rest.split("</tbody>").next().unwrap_or_default());
    body.split("<tr>").skip(1).collect()
}

/// The key and the state of each row.
fn states(page: &Answer) -> Vec<(&str, &str)> {
    fn part<'p>(row: &'p str, before: &str) -> Option<&'p str> {
        row.split_once(before)?.1.split('<').next()
    }
    let state = |row| part(row, "<span class=\"badge ")?.split_once('>').map(|(_, words)| words);
    rows(page).into_iter().map(|row| (part(row, "<code>").expect("a key"), state(row).expect("a state"))).collect()
}

fn revoke(key: &str) -> String {
    format!("{PATH}/{key}/revoke")
}

/// Whether the page asks whether this key is to be revoked.
fn offers(page: &Answer, key: &str) -> bool {
    page.text.contains(&format!("method=\"post\" action=\"{}\"", revoke(key)))
}

fn time(at: &str) -> String {
    format!("<time datetime=\"2026-01-01T{at}Z\">")
}

#[actix_web::test]
async fn the_key_that_signs_is_listed_with_what_becomes_of_it() {
    let (edge, root) = with_key().await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!((page.heading(), states(&page)), ("Signing keys", vec![("key-1", "Signs")]));
    for part in ["<td data-label=\"Algorithm\">ES256</td>", &time("12:00:00"), ">The next one signs<", ">Later<"] {
        assert!(rows(&page)[0].contains(part), "no {part} in {}", rows(&page)[0]);
    }
    let change = "Keys change by themselves every 90 days. The next one signs from \
                  <time datetime=\"2026-04-01T12:00:00Z\">2026-04-01 12:00 UTC</time>.";
    for part in [
        "<a href=\"/admin/keys\" aria-current=\"page\">Keys</a>",
        change,
        "it signs about 5 minutes later",
        &format!("method=\"post\" action=\"{ROTATE}\""),
        "<summary class=\"button danger\"><span>Revoke the signing key <code>key-1</code>…</span></summary>",
    ] {
        assert!(page.text.contains(part), "no {part} in {}", page.text);
    }
}

#[actix_web::test]
async fn where_keys_change_only_when_somebody_says_so_the_page_says_that() {
    let (mut edge, root) = with_key().await;
    edge.keys.rotate_after = None;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert!(page.text.contains("<p>Keys do not change by themselves.</p>"), "{}", page.text);
    assert!(!page.text.contains("by themselves every"), "{}", page.text);
}

#[actix_web::test]
async fn where_there_is_no_key_yet_none_can_be_revoked() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert!(page.text.contains("<p class=\"empty\">There is no key yet.</p>"), "{}", page.text);
    assert!(!page.text.contains("<details"), "{}", page.text);
}

#[actix_web::test]
async fn the_next_key_is_published_once_and_whoever_is_late_is_told() {
    let (edge, root) = with_key().await;
    let done = submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    assert_eq!(led(&done), (PATH, "key_published"));
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(states(&page), [("key-2", "Waiting"), ("key-1", "Signs")]);
    assert!(page.text.contains(NEXT) && !page.text.contains(ROTATE), "{}", page.text);
    // The successor is known, and so is the end of its predecessor.
    let [_, signing] = rows(&page)[..] else { panic!("{}", page.text) };
    let until = format!("<td data-label=\"Signs until\">{}", time("12:05:30"));
    assert!(signing.contains(&until) && signing.contains(&time("12:16:30")), "{signing}");

    let refused = submit_as(&edge, &root, ROTATE, &[]).await.expect(409);
    assert_eq!((refused.heading(), states(&refused)), ("Signing keys", states(&page)));
    let alert = format!("<div class=\"alert\" role=\"alert\"><p>{}</p></div>", Code::KeyRotationPending.message());
    for part in [&*alert, NEXT, "<title>Error: Signing keys · doorward</title>", "aria-current=\"page\">Keys</a>"] {
        assert!(refused.text.contains(part), "no {part} in {}", refused.text);
    }
}

#[actix_web::test]
async fn a_key_signs_verifies_and_retires_and_what_is_over_comes_last() {
    let (edge, root) = with_key().await;
    submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    submit_as(&edge, &root, &revoke("key-2"), &[]).await.expect(303);
    submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    let root = later(&edge, Duration::from_secs(330)).await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(states(&page), [("key-3", "Signs"), ("key-1", "Verifies"), ("key-2", "Revoked")]);
    assert!(offers(&page, "key-1") && offers(&page, "key-3") && !offers(&page, "key-2"), "{}", page.text);
    let root = later(&edge, Duration::from_mins(11)).await;
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(states(&page), [("key-3", "Signs"), ("key-2", "Revoked"), ("key-1", "Retired")]);
    assert!(rows(&page)[2].contains(&time("12:16:30")) && !offers(&page, "key-1"), "{}", page.text);
}

#[actix_web::test]
async fn what_a_revoked_key_signed_is_dead_and_the_administrator_goes_on() {
    let (edge, root) = with_key().await;
    let done = submit_as(&edge, &root, &revoke("key-1"), &[]).await.expect(303);
    assert_eq!(led(&done), (PATH, "key_revoked"));
    edge.call(root.get("/auth/me")).await.refused(Code::InvalidAccessToken);
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert!(page.set_cookies().iter().any(|set| set.starts_with("token=ey")), "{:?}", page.set_cookies());
    assert_eq!(states(&page), [("key-2", "Signs"), ("key-1", "Revoked")]);
    let revoked = rows(&page)[1];
    assert_eq!(revoked.matches(&time("12:00:00")).count(), 4, "{revoked}");
    assert!(offers(&page, "key-2") && !offers(&page, "key-1"), "{}", page.text);
}

#[actix_web::test]
async fn a_key_that_waits_is_withdrawn_and_has_never_signed() {
    let (edge, root) = with_key().await;
    submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert!(page.text.contains(">Withdraw the waiting key <code>key-2</code>…</span></summary>"), "{}", page.text);
    submit_as(&edge, &root, &revoke("key-2"), &[]).await.expect(303);
    // What signed before goes on, and so do its tokens.
    edge.call(root.get("/auth/me")).await.expect(200);
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(states(&page), [("key-1", "Signs"), ("key-2", "Revoked")]);
    let never = "<td data-label=\"Signs from\">Never</td>\n<td data-label=\"Signs until\">Never</td>";
    assert!(rows(&page)[1].contains(never) && page.text.contains(ROTATE), "{}", page.text);
}

#[actix_web::test]
async fn a_key_that_is_not_there_or_gone_is_not_found() {
    let (edge, root) = with_key().await;
    submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    submit_as(&edge, &root, &revoke("key-2"), &[]).await.expect(303);
    for key in ["key-2", "key-9", "%3Cscript%3E", "%FF"] {
        let page = submit_as(&edge, &root, &revoke(key), &[]).await.expect(404);
        assert_eq!(page.heading(), Code::NotFound.title());
        assert!(!page.text.contains("<script>"), "{}", page.text);
    }
    let page = open_as(&edge, &root, PATH).await.expect(200);
    assert_eq!(states(&page)[0], ("key-1", "Signs"));
}

#[actix_web::test]
async fn what_was_done_to_keys_stands_in_the_audit_log_by_their_ids() {
    let (edge, root) = with_key().await;
    submit_as(&edge, &root, ROTATE, &[]).await.expect(303);
    submit_as(&edge, &root, &revoke("key-2"), &[]).await.expect(303);
    let log = open_as(&edge, &root, "/admin/audit-events").await.expect(200);
    let link = "<a href=\"/admin/keys\" title=\"key-2\"><code>key-2</code></a>";
    for words in ["Signing key revoked", "Signing key published"] {
        assert!(log.text.contains(&format!("<strong>{words}</strong> {link}\n<p")), "no {words} in {}", log.text);
    }
}

#[actix_web::test]
async fn nobody_but_an_administrator_on_a_page_of_ours_does_anything_to_a_key() {
    let (edge, root) = with_key().await;
    let jane = edge.jane().await;
    open(&edge, PATH).await.expect(303);
    open_as(&edge, &jane, PATH).await.expect(403);
    for target in [ROTATE.to_owned(), revoke("key-1")] {
        submit_as(&edge, &jane, &target, &[]).await.expect(403);
        edge.submit(&target, &[]).await.expect(401);
        let request = TestRequest::post().uri(&target).insert_header(root.cookies()).set_form(());
        let forged = edge.call(request.insert_header(("origin", "https://evil.example"))).await.expect(403);
        assert_eq!(forged.heading(), Code::CsrfRejected.title());
    }
    assert_eq!(states(&open_as(&edge, &root, PATH).await), [("key-1", "Signs")]);
    let log = edge.store.audit_events();
    assert!(log.iter().all(|event| !matches!(event.kind, AuditKind::KeyRotated | AuditKind::KeyRevoked)));
}

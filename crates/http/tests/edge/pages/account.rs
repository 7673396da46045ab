//! `/account`: what the page shows, and what its forms do.

use std::time::Duration;

use actix_web::{http::header, test::TestRequest};
use doorward_application::ports::MessageKind;
use doorward_testkit::memory_store::Counts;
use serde_json::json;

use super::{open, open_as as see, submit_as as post};
use crate::{
    account::{NEW_EMAIL, NEW_PASSWORD, follow},
    admin::{admin, admin_at},
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

/// Every form of the page.
pub(super) const FORMS: [&str; 7] = [
    "/account/export",
    "/account/profile",
    "/account/email",
    "/account/password",
    "/account/sessions/01989f3e-7a2c-7e11-b0a1-1d3f5a7c9e02/end",
    "/account/sessions/end-others",
    "/account/delete",
];

/// A session of Jane's more, opened by this program.
pub(super) async fn another(edge: &TestEdge, agent: &str) -> Person {
    let log_in = TestRequest::post().uri("/auth/login").insert_header((header::USER_AGENT, agent.to_owned()));
    let log_in = log_in.peer_addr(([192, 0, 2, 7], 4711).into());
    let answer = edge.call(log_in.set_json(json!({"username": "jane", "password": PASSWORD}))).await;
    Person::of(&answer.expect(200))
}

/// The ids of the sessions, the first first.
pub(super) fn session_ids(edge: &TestEdge) -> Vec<String> {
    let mut sessions = edge.store.sessions();
    sessions.sort_by_key(|session| session.id.uuid());
    sessions.iter().map(|session| session.id.to_string()).collect()
}

/// Asserts that the form was done: the page comes next and says this.
#[track_caller]
fn done(answer: &Answer, said: &str, next: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, Some(next)), "{}", answer.text);
    let says = format!("done={said};");
    assert!(answer.set_cookies().iter().any(|cookie| cookie.starts_with(&says)), "{:?}", answer.set_cookies());
}

/// Asserts that the browser forgets both tokens.
#[track_caller]
fn forgotten(answer: &Answer) {
    let cookies = answer.set_cookies();
    for name in ["token=;", "refresh_token=;"] {
        assert!(cookies.iter().any(|cookie| cookie.starts_with(name) && cookie.contains("Max-Age=0")), "{cookies:?}");
    }
}

async fn is_signed_in(edge: &TestEdge, person: &Person) -> bool {
    edge.call(person.get("/auth/me")).await.status == 200
}

#[actix_web::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let edge = TestEdge::new();
    let answer = open(&edge, "/account").await.expect(303);
    assert_eq!(answer.header("location"), Some("/login?returnTo=%2Faccount"));
    edge.jane().await;
    let before = edge.store.counts();
    for path in FORMS {
        let refused = edge.submit(path, &[("password", PASSWORD)]).await.expect(401);
        assert_eq!(refused.heading(), "Session ended", "{path}");
    }
    assert_eq!(edge.store.counts(), before);
}

#[actix_web::test]
async fn the_page_shows_the_account_and_no_token() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert_eq!((page.heading(), page.value("firstName"), page.value("username")), ("Your account", "Jane", "jane"));
    assert!(page.text.contains("<option value=\"en\" selected>English</option>"), "{}", page.text);
    assert!(page.text.contains("<option value=\"de\">Deutsch</option>"));
    assert!(page.text.contains("<a href=\"/account\" aria-current=\"page\">"));
    assert!(page.field("newPassword").contains("autocomplete=\"new-password\""));
    assert!(page.text.contains("For 30 days you can sign in and keep your account"));
    for secret in [&*jane.access, &*jane.refresh, PASSWORD] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    let sections = ["profile", "email", "password", "devices", "data", "delete"];
    for section in sections {
        assert!(page.text.contains(&format!("<a href=\"#{section}\">")), "{section}");
        assert!(page.text.contains(&format!("<section class=\"card\" id=\"{section}\"")), "{section}");
    }
}

#[actix_web::test]
async fn every_role_has_its_own_profile_on_it() {
    let edge = TestEdge::new();
    let company = json!({"email": "john@example.com", "role": "EMPLOYER", "company": "Tech Corp"});
    let john = edge.person(company).await;
    let page = see(&edge, &john, "/account").await.expect(200);
    assert_eq!(page.value("companyName"), "Tech Corp");
    assert!(!page.text.contains("name=\"skills\""));
}

#[actix_web::test]
async fn how_long_a_deleted_account_can_be_kept_is_told_before() {
    let day = Duration::from_hours(24);
    for (grace, told) in [
        (14 * day, "For 14 days you can"),
        (Duration::from_secs(2 * 24 * 60 * 60 - 1), "For 47 hours you can"),
        (Duration::from_mins(90), "For 90 minutes you can"),
        (Duration::ZERO, "are deleted at once"),
    ] {
        let mut edge = TestEdge::new();
        edge.keeping.deletion_grace = grace;
        let jane = edge.jane().await;
        let page = see(&edge, &jane, "/account").await.expect(200);
        assert!(page.text.contains(told), "{told}");
    }
}

#[actix_web::test]
async fn names_profile_and_language_are_changed_together() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let fields =
        [("firstName", "Janet"), ("lastName", "Roe"), ("username", ""), ("title", "Engineer"), ("locale", "de")];
    done(&post(&edge, &jane, "/account/profile", &fields).await, "saved", "/account");
    let user = edge.store.users().remove(0);
    let name = user.name.full();
    assert_eq!((&*name, user.username, user.locale.as_str()), ("Janet Roe", None, "de"));
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert_eq!((page.value("title"), page.value("firstName")), ("Engineer", "Janet"));
    assert!(page.text.contains("<option value=\"de\" selected>"));
}

#[actix_web::test]
async fn a_language_without_texts_stays_until_another_is_chosen() {
    let edge = TestEdge::new();
    let jane = edge.person(json!({"locale": "pt-BR"})).await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(page.text.contains("<option value=\"pt-BR\" selected>pt-BR</option>"), "{}", page.text);
    let fields = [("firstName", "Jane"), ("locale", "pt-BR")];
    done(&post(&edge, &jane, "/account/profile", &fields).await, "saved", "/account");
    assert_eq!(edge.store.users()[0].locale.as_str(), "pt-BR");
}

#[actix_web::test]
async fn an_address_is_confirmed_and_changed_by_mail() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(page.text.contains("Jane@Example.com <span class=\"badge warn\">Not confirmed</span>"), "{}", page.text);
    assert!(page.text.contains("action=\"/resend-verification\"") && page.value("email") == "Jane@Example.com");
    let fields = [("newEmail", NEW_EMAIL), ("password", PASSWORD)];
    done(&post(&edge, &jane, "/account/email", &fields).await, "address_change_sent", "/account");
    assert_eq!(edge.store.users()[0].email.typed(), "Jane@Example.com");
    let token = edge.link(MessageKind::ConfirmEmail).await;
    follow(&edge, "/confirm-email", &token).await.expect(200);
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(page.text.contains("roe@example.com <span class=\"badge good\">Confirmed</span>"), "{}", page.text);
    assert!(!page.text.contains("action=\"/resend-verification\""));
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let other = another(&edge, "my-app/1.2").await;
    let fields = [("currentPassword", PASSWORD), ("newPassword", NEW_PASSWORD)];
    done(&post(&edge, &jane, "/account/password", &fields).await, "password_changed", "/account");
    assert!(is_signed_in(&edge, &jane).await && !is_signed_in(&edge, &other).await);
    let log_in = json!({"username": "jane", "password": NEW_PASSWORD});
    edge.post("/auth/login", log_in).await.expect(200);
}

#[actix_web::test]
async fn devices_are_listed_that_of_the_page_first() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(Duration::from_mins(5));
    another(&edge, "my-app/1.2").await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    let rows: Vec<_> = page.text.split("<li class=\"device\">").skip(1).collect();
    let [own, other] = rows[..] else { panic!("not two devices in {}", page.text) };
    assert!(
        own.contains("<span class=\"badge good\">This device</span>") && own.contains(">Sign out</button>"),
        "{own}"
    );
    assert!(other.contains(">my-app</div>") && other.contains("IP address 192.0.2.7 · Signed in"), "{other}");
    assert!(other.contains("Signed in <time datetime=\"2026-01-01T12:05:00Z\">2026-01-01 12:05 UTC</time>"), "{other}");
    assert!(other.contains("Ends if unused <time datetime=\"2026-01-08T12:05:00Z\">"), "{other}");
    let ids = session_ids(&edge);
    for (row, id) in [(own, &ids[0]), (other, &ids[1])] {
        assert!(row.contains(&format!("action=\"/account/sessions/{id}/end#devices\"")), "{row}");
    }
}

#[actix_web::test]
async fn one_session_is_ended_or_all_others_or_the_own() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(!page.text.contains("/account/sessions/end-others"), "there are no others");
    let [second, third] = [another(&edge, "my-app/1.2").await, another(&edge, "my-app/1.3").await];
    let page = see(&edge, &jane, "/account").await.expect(200);
    assert!(page.text.contains("/account/sessions/end-others"));
    let path = format!("/account/sessions/{}/end", session_ids(&edge)[1]);
    done(&post(&edge, &jane, &path, &[]).await, "session_ended", "/account");
    assert!(!is_signed_in(&edge, &second).await && is_signed_in(&edge, &third).await);
    done(&post(&edge, &jane, "/account/sessions/end-others", &[]).await, "sessions_ended", "/account");
    assert!(!is_signed_in(&edge, &third).await && is_signed_in(&edge, &jane).await);
    let path = format!("/account/sessions/{}/end", session_ids(&edge)[0]);
    let out = post(&edge, &jane, &path, &[]).await;
    done(&out, "signed_out", "/login");
    forgotten(&out);
    assert!(!is_signed_in(&edge, &jane).await);
}

#[actix_web::test]
async fn the_data_come_as_a_file_of_everything() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    assert!(see(&edge, &jane, "/account").await.expect(200).text.contains("action=\"/account/export\""));
    let file = post(&edge, &jane, "/account/export", &[]).await.expect(200);
    assert_eq!(file.header("content-type"), Some("application/json"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"doorward-export.json\""));
    assert_eq!(file.body["user"]["email"], "Jane@Example.com");
    assert_eq!(file.body["sessions"][0]["current"], true);
    assert!(!file.text.contains(&jane.access) && !file.text.contains(&jane.refresh));
}

#[actix_web::test]
async fn a_deleted_account_is_signed_out_and_can_be_kept() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let out = post(&edge, &jane, "/account/delete", &[("password", PASSWORD)]).await;
    done(&out, "deletion_planned", "/login");
    forgotten(&out);
    assert!(!is_signed_in(&edge, &jane).await && edge.store.users()[0].deletes_at.is_some());
    let next = TestRequest::get().uri("/login").insert_header((header::COOKIE, "done=deletion_planned"));
    let page = edge.call(next).await.expect(200);
    assert!(page.text.contains("Your account is going to be deleted."), "{}", page.text);
    assert!(page.text.contains(" data-signed-out"), "its other tabs are not told");
}

#[actix_web::test]
async fn without_a_grace_it_is_deleted_at_once() {
    let mut edge = TestEdge::new();
    edge.keeping.deletion_grace = Duration::ZERO;
    let jane = edge.jane().await;
    let out = post(&edge, &jane, "/account/delete", &[("password", PASSWORD)]).await;
    done(&out, "account_deleted", "/login");
    forgotten(&out);
    let left = edge.store.counts();
    assert_eq!(left, Counts { audit_events: left.audit_events, ..Counts::default() });
}

#[actix_web::test]
async fn an_administrator_who_is_not_the_last_may_go() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    admin_at(&edge, "second@example.com").await;
    done(&post(&edge, &root, "/account/delete", &[("password", PASSWORD)]).await, "deletion_planned", "/login");
}

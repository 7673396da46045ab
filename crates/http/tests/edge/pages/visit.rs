//! The way to a page that is for whoever is signed in.

use std::{sync::Arc, time::Duration};

use actix_web::{http::header::COOKIE, test::TestRequest};
use doorward_http::Code;
use doorward_testkit::PlainHasher;

use super::open;
use crate::{
    answer::Answer,
    harness::{OURS, PASSWORD, Person, TestEdge},
};

const HOME: &str = "/my-assessments";
/// After it, an access token has expired, and its session has not.
const EXPIRY: Duration = Duration::from_mins(11);

async fn visit(edge: &TestEdge, person: &Person, path: &str) -> Answer {
    edge.call(TestRequest::get().uri(path).insert_header(person.cookies())).await
}

async fn save(edge: &TestEdge, person: &Person, fields: &[(&str, &str)]) -> Answer {
    let request = TestRequest::post().uri("/profile").insert_header(OURS).insert_header(person.cookies());
    edge.call(request.set_form(fields)).await
}

/// The value of a cookie that an answer sets.
fn cookie<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let set = answer.set_cookies().into_iter().find_map(|set| set.strip_prefix(name)?.strip_prefix('='));
    set.unwrap_or_else(|| panic!("no {name} in {:?}", answer.set_cookies())).split(';').next().unwrap_or_default()
}

#[actix_web::test]
async fn who_is_signed_out_signs_in_first_and_comes_back() {
    let edge = TestEdge::new();
    let to_log_in = open(&edge, "/my-assessments?a=b%26c").await.expect(303);
    assert_eq!(to_log_in.header("location"), Some("/login?returnTo=%2Fmy-assessments%3Fa%3Db%2526c"));
    let page = open(&edge, to_log_in.header("location").expect("a place")).await.expect(200);
    assert_eq!(page.value("returnTo"), "/my-assessments?a=b%26c");
    edge.jane().await;
    let fields = [("email", "jane@example.com"), ("password", PASSWORD), ("returnTo", page.value("returnTo"))];
    let signed_in = edge.submit("/login", &fields).await.expect(303);
    assert_eq!(signed_in.header("location"), Some("/my-assessments?a=b%26c"));
    assert_eq!(signed_in.set_cookies().len(), 2);
}

#[actix_web::test]
async fn no_place_on_another_site_is_returned_to() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    for place in
        ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
    {
        let encoded = place.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02x}"));
        let page = open(&edge, &format!("/login?returnTo={encoded}")).await.expect(200);
        assert!(!page.text.contains("evil") && !page.text.contains("alert"), "{}", page.text);
        let there = visit(&edge, &jane, &format!("/login?returnTo={encoded}")).await.expect(303);
        assert_eq!(there.header("location"), Some(HOME), "{place}");
        let fields = [("email", "jane@example.com"), ("password", PASSWORD), ("returnTo", place)];
        assert_eq!(edge.submit("/login", &fields).await.expect(303).header("location"), Some(HOME), "{place}");
    }
}

#[actix_web::test]
async fn an_expired_access_token_is_renewed_on_the_way() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    assert!(visit(&edge, &jane, HOME).await.expect(200).set_cookies().is_empty());
    edge.clock.advance(EXPIRY);
    let tabs = [visit(&edge, &jane, HOME).await.expect(200), visit(&edge, &jane, HOME).await.expect(200)];
    let refresh = cookie(&tabs[0], "refresh_token").to_owned();
    assert!(refresh != jane.refresh && cookie(&tabs[1], "refresh_token") == refresh);
    let renewed = Person { access: cookie(&tabs[1], "token").to_owned(), refresh };
    let page = visit(&edge, &renewed, HOME).await.expect(200);
    assert!(page.heading().contains("Jane Doe") && page.set_cookies().is_empty());
}

#[actix_web::test]
async fn a_form_that_was_typed_before_the_expiry_arrives() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(EXPIRY);
    let saved = save(&edge, &jane, &[("location", "Lisbon")]).await.expect(303);
    assert_eq!(saved.header("location"), Some(HOME));
    assert!(!cookie(&saved, "token").is_empty() && cookie(&saved, "done") == "saved");
    let renewed =
        Person { access: cookie(&saved, "token").to_owned(), refresh: cookie(&saved, "refresh_token").to_owned() };
    assert_eq!(visit(&edge, &renewed, HOME).await.value("location"), "Lisbon");
    edge.clock.advance(EXPIRY);
    let refused = save(&edge, &renewed, &[("phoneNumber", "call me"), ("firstName", "")]).await.expect(422);
    assert_eq!(refused.error("profile-firstName"), "This is required.");
    assert!(!cookie(&refused, "token").is_empty());
    assert_eq!(
        (refused.value("phoneNumber"), refused.error("profile-phoneNumber")),
        ("call me", "This must be a telephone number.")
    );
}

/// Else the next request would bring a refresh token that has been used up.
#[actix_web::test]
async fn what_fails_goes_out_with_the_renewed_cookies() {
    let mut edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(EXPIRY);
    edge.hasher = Arc::new(PlainHasher::overloaded());
    let request = TestRequest::post().uri("/account/password").insert_header(OURS).insert_header(jane.cookies());
    let fields = [("currentPassword", PASSWORD), ("newPassword", "another quiet harbour")];
    let failed = edge.call(request.set_form(fields)).await.expect(503);
    assert!(!cookie(&failed, "token").is_empty() && cookie(&failed, "refresh_token") != jane.refresh);
    let request = TestRequest::post().uri("/profile").insert_header(OURS).insert_header(jane.cookies());
    let nonsense = edge.call(request.set_payload("{").insert_header(("content-type", "application/json"))).await;
    assert_eq!((nonsense.status, cookie(&nonsense, "refresh_token")), (400, cookie(&failed, "refresh_token")));
}

#[actix_web::test]
async fn a_browser_with_its_refresh_token_alone_is_signed_in() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    for other in ["", "token=garbage; ", "token=; "] {
        let request =
            TestRequest::get().uri(HOME).insert_header((COOKIE, format!("{other}refresh_token={}", jane.refresh)));
        edge.call(request).await.expect(200);
    }
}

#[actix_web::test]
async fn a_session_that_ended_is_nobodys() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.submit("/logout", &[]).await.expect(303);
    visit(&edge, &jane, HOME).await.expect(200);
    let out = TestRequest::post().uri("/logout").insert_header(OURS).insert_header(jane.cookies());
    let out = edge.call(out.set_form(())).await.expect(303);
    assert_eq!(out.header("location"), Some("/login"));
    assert!(cookie(&out, "token").is_empty() && cookie(&out, "refresh_token").is_empty());
    assert_eq!(cookie(&out, "done"), "signed_out");
    assert!(out.header("clear-site-data").is_some());
    assert_eq!(
        visit(&edge, &jane, HOME).await.expect(303).header("location"),
        Some("/login?returnTo=%2Fmy-assessments")
    );
    let refused = save(&edge, &jane, &[("location", "Lisbon")]).await.expect(401);
    assert!(refused.text.contains(Code::SessionEnded.message()) && refused.text.contains("href=\"/login\""));
    visit(&edge, &jane, "/login").await.expect(200);
}

/// Somebody else has signed in in another tab of the same browser.
#[actix_web::test]
async fn a_form_that_was_made_for_somebody_else_is_not_taken() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let page = visit(&edge, &jane, HOME).await.expect(200);
    let viewer = page.value("viewer").to_owned();
    save(&edge, &jane, &[("viewer", &viewer), ("location", "Lisbon")]).await.expect(303);
    let john = edge.person(serde_json::json!({"email": "john@example.com"})).await;
    save(&edge, &john, &[("viewer", &viewer), ("location", "Lisbon")]).await.expect(401);
    assert_eq!(visit(&edge, &john, HOME).await.value("location"), "");
}

#[actix_web::test]
async fn a_page_without_a_token_names_its_origin_to_those_it_posts_to() {
    let edge = TestEdge::new();
    assert_eq!(open(&edge, "/login").await.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(open(&edge, "/register?token=x").await.header("referrer-policy"), Some("no-referrer"));
}

#[actix_web::test]
async fn whoever_comes_from_another_site_comes_again_from_here() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let from_elsewhere = |path: &str| TestRequest::get().uri(path).insert_header(("sec-fetch-site", "cross-site"));
    let again = edge.call(from_elsewhere("/my-assessments?a=%22%3E%3Cb%3E")).await.expect(200);
    let target = "/my-assessments?a=%22%3E%3Cb%3E";
    assert!(
        again.text.contains(&format!("<meta http-equiv=\"refresh\" content=\"0;url={target}\">")),
        "{}",
        again.text
    );
    let with_cookies = edge.call(from_elsewhere(HOME).insert_header(jane.cookies())).await.expect(200);
    assert!(with_cookies.heading().contains("Jane"));
    // What is for anyone needs no cookies.
    assert!(!edge.call(from_elsewhere("/verify-email?token=x")).await.expect(200).text.contains("http-equiv"));
}

#[actix_web::test]
async fn a_role_begins_at_its_own_home() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let boss = serde_json::json!({"email": "boss@example.com", "role": "EMPLOYER", "company": "Tech Corp"});
    let boss = edge.person(boss).await;
    for (person, home) in [(&jane, HOME), (&boss, "/dashboard")] {
        for path in ["/", "/login", "/register", HOME, "/dashboard"] {
            let request =
                TestRequest::get().uri(path).insert_header(("accept", "text/html")).insert_header(person.cookies());
            let answer = edge.call(request).await;
            if path == home {
                assert!(answer.expect(200).heading().contains("Welcome Jane Doe!"));
            } else {
                assert_eq!(answer.expect(303).header("location"), Some(home), "{path}");
            }
        }
    }
}

#[actix_web::test]
async fn a_program_gets_the_dashboard_as_json_and_a_person_as_a_page() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    for request in [
        jane.get("/dashboard"),
        jane.get("/dashboard").insert_header(("accept", "text/html")),
        TestRequest::get()
            .uri("/dashboard")
            .insert_header(jane.cookies())
            .insert_header(("accept", "application/json")),
    ] {
        assert_eq!(edge.call(request).await.expect(200).body["message"], "Welcome Jane Doe!");
    }
    open(&edge, "/dashboard").await.refused(Code::AuthenticationRequired);
    let page = edge.call(TestRequest::get().uri("/dashboard").insert_header(("accept", "text/html,*/*;q=0.8"))).await;
    assert_eq!(page.expect(303).header("location"), Some("/login?returnTo=%2Fdashboard"));
}

#[actix_web::test]
async fn what_was_done_is_said_once() {
    let edge = TestEdge::new();
    let said = |name: &'static str| TestRequest::get().uri("/login").insert_header((COOKIE, format!("done={name}")));
    let page = edge.call(said("signed_out")).await.expect(200);
    assert!(page.text.contains("<div class=\"toast\" role=\"status\">You are signed out.</div>"), "{}", page.text);
    assert!(page.text.contains(" data-signed-out"));
    assert_eq!(cookie(&page, "done"), "");
    for nonsense in ["", "<script>", "SignedOut"] {
        assert!(!edge.call(said(nonsense)).await.expect(200).text.contains("toast"));
    }
}

#[actix_web::test]
async fn a_language_is_asked_for_or_chosen() {
    let edge = TestEdge::new();
    let asked = |headers: &[(&'static str, &'static str)]| {
        headers.iter().fold(TestRequest::get().uri("/login"), |request, header| request.insert_header(*header))
    };
    let speaks = async |request| edge.call(request).await.expect(200).text.split('"').nth(1).map(ToOwned::to_owned);
    for (wanted, language) in [("de-CH,de;q=0.9,en;q=0.8", "de"), ("fr, de;q=0.5", "de"), ("fr", "en"), ("<b>", "en")] {
        assert_eq!(speaks(asked(&[("accept-language", wanted)])).await.as_deref(), Some(language), "{wanted}");
    }
    let chosen = edge.submit("/language", &[("language", "de"), ("returnTo", "/login?returnTo=%2Faccount")]).await;
    assert_eq!(chosen.expect(303).header("location"), Some("/login?returnTo=%2Faccount"));
    assert_eq!(speaks(asked(&[("cookie", "lang=de"), ("accept-language", "en")])).await.as_deref(), Some("de"));
    assert_eq!(speaks(asked(&[("cookie", "lang=xx"), ("accept-language", "de")])).await.as_deref(), Some("de"));
    edge.submit("/language", &[("language", "xx")]).await.expect(400);
    let elsewhere = edge.submit("/language", &[("language", "de"), ("returnTo", "//evil.example")]).await.expect(303);
    assert_eq!(elsewhere.header("location"), Some("/"));
}

//! `/register`

use std::time::Duration;

use doorward_application::ports::{Access, Store};
use doorward_domain::{Digest, Role, Secret, invitation::Invitation, token::OneTimeSecret};
use doorward_http::Code;
use doorward_testkit::{CountingSecrets, builders};

use super::open;
use crate::harness::{PASSWORD, TestEdge};

const INVITED: [(&str, &str); 4] =
    [("firstName", "Ada"), ("lastName", "Roe"), ("email", "invited1@example.com"), ("password", PASSWORD)];

/// An invitation of `invited1@example.com` for this role, and what its link carries.
async fn invite(edge: &TestEdge, role: Role) -> String {
    let secret = OneTimeSecret::new(Secret::new(CountingSecrets::nth(77)));
    let digest: Digest = secret.digest();
    let company = (role == Role::Employer).then(|| builders::line("Tech Corp"));
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    let invitation = Invitation { role, digest, company, ..builders::invitation(1) };
    unit.invitations().insert(&invitation).await.expect("an insert");
    unit.commit().await.expect("a commit");
    secret.text().into_inner()
}

fn home(role: Role) -> &'static str {
    if role == Role::Employer { "/dashboard" } else { "/my-assessments" }
}

fn with_token<'a>(token: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("token", token)], fields].concat()
}

#[actix_web::test]
async fn an_invitation_makes_an_account_of_its_role_with_a_proven_address() {
    for role in [Role::Employer, Role::Candidate] {
        let mut edge = TestEdge::new();
        edge.rules.enabled = false;
        let token = invite(&edge, role).await;
        let page = open(&edge, &format!("/register?token={token}")).await.expect(200);
        assert_eq!(page.value("token"), token);
        assert!(!page.text.contains("name=\"role\""), "{}", page.text);
        let done = edge.submit("/register", &with_token(&token, &INVITED)).await.expect(303);
        assert_eq!((done.header("location"), done.set_cookies().len()), (Some(home(role)), 2));
        let user = edge.store.users().remove(0);
        assert_eq!((user.role, user.email_verified_at), (role, Some(builders::noon())));
        let again = edge.submit("/register", &with_token(&token, &INVITED)).await.expect(400);
        assert!(again.text.contains(Code::InvalidToken.message()));
    }
}

#[actix_web::test]
async fn an_invitation_is_for_one_address_and_its_time() {
    let edge = TestEdge::new();
    let token = invite(&edge, Role::Admin).await;
    let mut fields = with_token(&token, &INVITED);
    fields[3].1 = "thief@example.com";
    let again = edge.submit("/register", &fields).await.expect(400);
    assert_eq!((again.value("email"), again.value("token")), ("thief@example.com", &*token));
    assert!(again.set_cookies().is_empty());
    edge.clock.advance(Duration::from_hours(7 * 24));
    edge.submit("/register", &with_token(&token, &INVITED)).await.expect(400);
    assert!(edge.store.users().is_empty());
}

#[actix_web::test]
async fn an_invitation_gives_no_other_role() {
    let edge = TestEdge::new();
    let token = invite(&edge, Role::Employer).await;
    let fields = with_token(&token, &[&INVITED[..], &[("role", "ADMIN")]].concat());
    edge.submit("/register", &fields).await.expect(403);
    assert!(edge.store.users().is_empty());
}

#[actix_web::test]
async fn without_an_invitation_a_role_is_chosen_and_what_is_missing_is_named() {
    let edge = TestEdge::new();
    let page = open(&edge, "/register").await.expect(200);
    assert!(page.text.contains("value=\"CANDIDATE\" required checked>") && !page.text.contains("value=\"ADMIN\""));
    let employer = [&INVITED[..], &[("role", "EMPLOYER")]].concat();
    let again = edge.submit("/register", &employer).await.expect(422);
    assert!(again.text.contains("value=\"EMPLOYER\" required checked>"), "{}", again.text);
    assert_eq!(again.error("company"), "This is required.");
    assert_eq!((again.value("firstName"), again.value("email")), ("Ada", "invited1@example.com"));
    let named = [&employer[..], &[("company", "Tech Corp")]].concat();
    let done = edge.submit("/register", &named).await.expect(303);
    assert_eq!((done.header("location"), done.set_cookies().len()), (Some("/dashboard"), 2));
    edge.submit("/register", &[&INVITED[..], &[("role", "ADMIN")]].concat()).await.expect(403);
}

#[actix_web::test]
async fn who_must_prove_the_address_or_is_hidden_is_sent_to_the_mail() {
    for hidden in [false, true] {
        let mut edge = TestEdge::new();
        edge.rules.require_verified_email = !hidden;
        edge.rules.reveal_existing_accounts = !hidden;
        let done = edge.submit("/register", &INVITED).await.expect(200);
        assert_eq!((done.heading(), done.set_cookies().len()), ("Check your mail", 0));
    }
}

#[actix_web::test]
async fn the_browsers_language_is_that_of_the_account() {
    let edge = TestEdge::new();
    let request = actix_web::test::TestRequest::post().uri("/register").insert_header(crate::harness::OURS);
    let request = request.insert_header(("accept-language", "pt-BR,pt;q=0.9,en;q=0.5")).set_form(INVITED);
    edge.call(request).await.expect(303);
    assert_eq!(edge.store.users()[0].locale.as_str(), "pt-BR");
}

#[actix_web::test]
async fn where_there_is_one_role_it_is_not_asked_for() {
    let mut edge = TestEdge::new();
    edge.rules.self_service_roles = vec![Role::Employer];
    let page = open(&edge, "/register").await.expect(200);
    assert_eq!((page.value("role"), page.text.contains("type=\"radio\"")), ("EMPLOYER", false));
    assert!(page.field("company").contains(" required"));
    let named = [&INVITED[..], &[("role", page.value("role")), ("company", "Tech Corp")]].concat();
    assert_eq!(edge.submit("/register", &named).await.expect(303).header("location"), Some("/dashboard"));
}

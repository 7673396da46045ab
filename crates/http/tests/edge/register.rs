use std::collections::BTreeSet;

use actix_web::test::TestRequest;
use doorward_http::Code;
use doorward_testkit::memory_store::Counts;
use serde_json::json;

use crate::{
    answer::Answer,
    harness::{TestEdge, sign_up},
};

#[actix_web::test]
async fn a_sign_up_answers_with_tokens_and_user() {
    let edge = TestEdge::new();
    let body = edge.post("/auth/register", sign_up(json!({"email": "Jane@Example.com"}))).await.expect(201).body;
    assert_eq!(body["tokens"]["tokenType"], "Bearer");
    assert_eq!((&body["tokens"]["expiresIn"], &body["tokens"]["refreshExpiresIn"]), (&json!(600), &json!(604_800)));
    let id = edge.store.users()[0].id.to_string();
    let user = json!({
        "id": id, "email": "Jane@Example.com", "role": "CANDIDATE", "firstName": "Jane", "lastName": "Doe",
        "company": null, "emailVerified": false,
    });
    assert_eq!(body["user"], user);
}

#[actix_web::test]
async fn the_language_is_the_one_that_is_named_or_else_the_browsers() {
    let edge = TestEdge::new();
    let browser = |body| {
        let request = TestRequest::post().uri("/auth/register").insert_header(("accept-language", "de-CH,de;q=0.9"));
        edge.call(request.set_json(sign_up(body)))
    };
    browser(json!({})).await.expect(201);
    browser(json!({"email": "john@example.com", "locale": "pt-BR"})).await.expect(201);
    edge.post("/auth/register", sign_up(json!({"email": "max@example.com"}))).await.expect(201);
    let locales: Vec<_> = edge.store.users().iter().map(|user| user.locale.as_str().to_owned()).collect();
    assert_eq!(locales, ["de-CH", "pt-BR", "en"]);
    let refused = browser(json!({"email": "ada@example.com", "locale": "../en"})).await;
    assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("locale", "malformed")]);
}

#[actix_web::test]
async fn an_employer_names_a_company() {
    let edge = TestEdge::new();
    let refused = edge.post("/auth/register", sign_up(json!({"role": "EMPLOYER"}))).await;
    assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("company", "required")]);
    let good = edge.post("/auth/register", sign_up(json!({"role": "EMPLOYER", "company": "Tech Corp"}))).await;
    assert_eq!(good.expect(201).body["user"]["company"], "Tech Corp");
}

#[actix_web::test]
async fn everything_that_is_missing_is_told_at_once() {
    let refused = TestEdge::new().post("/auth/register", json!({})).await.refused(Code::ValidationFailed);
    let required = |field| (field, "required");
    assert_eq!(refused.fields(), ["email", "firstName", "lastName", "password"].map(required));
}

#[actix_web::test]
async fn a_taken_address_or_username_is_told() {
    let edge = TestEdge::new();
    edge.jane().await;
    edge.post("/auth/register", sign_up(json!({"email": "jane@EXAMPLE.com"}))).await.refused(Code::UserAlreadyExists);
    let other = sign_up(json!({"email": "john@example.com", "username": "JANE"}));
    edge.post("/auth/register", other).await.refused(Code::UsernameTaken);
}

#[actix_web::test]
async fn an_admin_is_nobodys_own_choice_in_no_spelling() {
    let edge = TestEdge::new();
    for role in ["ADMIN", "admin", " Admin "] {
        edge.post("/auth/register", sign_up(json!({"role": role}))).await.refused(Code::RoleNotAllowed);
    }
    let invited = sign_up(json!({"role": "CANDIDATE", "invitation": "x"}));
    edge.post("/auth/register", invited).await.refused(Code::InvalidToken);
    let refused = edge.post("/auth/register", sign_up(json!({"role": "ROOT"}))).await;
    assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("role", "malformed")]);
    assert_eq!(edge.store.counts(), Counts::default());
}

#[actix_web::test]
async fn closed_is_closed() {
    let mut edge = TestEdge::new();
    edge.rules.enabled = false;
    edge.post("/auth/register", sign_up(json!({}))).await.refused(Code::RegistrationClosed);
}

#[actix_web::test]
async fn where_accounts_are_hidden_a_taken_address_answers_as_a_free_one() {
    let mut edge = TestEdge::new();
    edge.rules.reveal_existing_accounts = false;
    let free = edge.post("/auth/register", sign_up(json!({}))).await.expect(202);
    let taken = edge.post("/auth/register", sign_up(json!({}))).await.expect(202);
    assert_eq!(free.text, taken.text);
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names(&free), names(&taken));
}

#[actix_web::test]
async fn who_must_prove_the_address_gets_no_tokens() {
    let mut edge = TestEdge::new();
    edge.rules.require_verified_email = true;
    let body = edge.post("/auth/register", sign_up(json!({}))).await.expect(201).body;
    assert!(body.get("tokens").is_none());
    assert_eq!(body["user"]["emailVerified"], false);
}

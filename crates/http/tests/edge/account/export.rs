//! All that is stored of a user.

use doorward_application::ports::{Access, Store};
use doorward_domain::{Role, invitation::Invitation};
use doorward_http::Code;
use doorward_testkit::builders;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestEdge};

#[actix_web::test]
async fn an_export_is_a_file_that_no_cache_keeps() {
    let edge = TestEdge::new();
    let answer = edge.call(edge.jane().await.get("/auth/me/export")).await.expect(200);
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"doorward-export.json\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[actix_web::test]
async fn an_export_has_everything_that_is_stored_of_the_user() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.person(json!({"email": "john@example.com"})).await;
    edge.post("/auth/login", json!({"username": "jane", "password": "not the one"})).await.expect(401);
    let ended = edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.expect(200);
    let token = ended.body["tokens"]["refreshToken"].clone();
    edge.post("/auth/logout", json!({"refreshToken": token})).await.expect(200);
    let user = edge.store.users().remove(0);
    let invitation = Invitation { email: user.email.clone(), ..builders::invitation(1) };
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    unit.invitations().insert(&invitation).await.expect("an insert");
    unit.profiles().archive(user.id, Role::Candidate, builders::noon()).await.expect("an archive");
    unit.profiles().insert(user.id, &builders::profile(Role::Employer)).await.expect("an insert");
    unit.commit().await.expect("a commit");
    edge.amend("Jane@Example.com", |user| {
        user.role = Role::Employer;
        user.email_verified_at = Some(builders::noon());
    })
    .await;

    let body = edge.call(jane.get("/auth/me/export")).await.expect(200).body;
    assert_eq!((&body["user"]["email"], &body["user"]["locale"]), (&json!("Jane@Example.com"), &json!("en")));
    assert_eq!(
        (&body["user"]["emailVerifiedAt"], &body["user"]["company"]),
        (&json!("2026-01-01T12:00:00.123456Z"), &json!("Tech Corp"))
    );
    let list = |name: &str| body[name].as_array().expect("a list").clone();
    let mut profiles: Vec<_> = list("profiles").iter().map(|p| (p["type"].clone(), p["archivedAt"].clone())).collect();
    profiles.sort_by_key(|(role, _)| role.to_string());
    let archived = json!("2026-01-01T12:00:00.123456Z");
    assert_eq!(profiles, [(json!("CANDIDATE"), archived), (json!("EMPLOYER"), Value::Null)]);
    let mut sessions: Vec<_> =
        list("sessions").iter().map(|s| (s["current"].clone(), s["valid"].clone(), s["endReason"].clone())).collect();
    sessions.sort_by_key(|(current, ..)| current == &json!(false));
    assert_eq!(sessions[0], (json!(true), json!(true), Value::Null));
    assert_eq!(sessions[1..], [(json!(false), json!(false), json!("logged_out"))]);
    let invitations = list("invitations");
    assert_eq!((invitations.len(), &invitations[0]["state"]), (1, &json!("open")));
    assert_eq!(invitations[0]["email"], "Jane@Example.com");
    let kinds: Vec<_> = list("auditEvents").iter().map(|event| event["type"].clone()).collect();
    let expected = ["data_exported", "signed_out", "signed_in", "sign_in_failed", "signed_up"];
    assert_eq!(kinds, expected);
}

#[actix_web::test]
async fn nothing_in_an_export_is_a_secret() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let id = edge.store.users()[0].id;
    let mut unit = edge.store.begin(Access::Read).await.expect("a unit");
    let hash = unit.users().password_hash(id).await.expect("a look").expect("a hash");
    drop(unit);
    let text = edge.call(jane.get("/auth/me/export")).await.expect(200).text;
    let hash = hash.expose().to_owned();
    let mail = edge.store.messages()[0].token.as_ref().expect("a token").text().into_inner();
    for secret in [&*jane.access, &*jane.refresh, &*hash, &*mail, PASSWORD, "hash", "digest", "nonce"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[actix_web::test]
async fn nobody_exports_who_is_not_signed_in() {
    let edge = TestEdge::new();
    let request = actix_web::test::TestRequest::get().uri("/auth/me/export");
    edge.call(request).await.refused(Code::AuthenticationRequired);
}

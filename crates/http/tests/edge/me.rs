use std::time::Duration;

use actix_web::{http::header, test::TestRequest};
use doorward_http::Code;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    harness::{Person, TestEdge},
};

async fn change(edge: &TestEdge, person: &Person, change: Value) -> Answer {
    edge.call(person.bearing(TestRequest::patch().uri("/auth/me")).set_json(change)).await
}

#[actix_web::test]
async fn a_candidate_sees_everything_but_the_password() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let answer = edge.call(jane.get("/auth/me")).await.expect(200);
    let user = json!({
        "id": edge.store.users()[0].id.to_string(), "email": "Jane@Example.com", "role": "CANDIDATE",
        "firstName": "Jane", "lastName": "Doe", "company": null, "emailVerified": false, "username": "jane",
        "locale": "en", "isActive": true,
        "createdAt": "2026-01-01T12:00:00.123456Z", "lastLoginAt": "2026-01-01T12:00:00.123456Z",
    });
    let profile = json!({
        "type": "CANDIDATE", "fullName": "Jane Doe", "phoneNumber": null, "location": null, "title": null, "skills": [],
    });
    assert_eq!(answer.body, json!({"success": true, "user": user, "profile": profile}));
}

#[actix_web::test]
async fn an_employer_has_an_employers_profile() {
    let edge = TestEdge::new();
    let sign_up = json!({"role": "EMPLOYER", "company": "Tech Corp", "phoneNumber": "+49 30 1234"});
    let employer = edge.person(sign_up).await;
    let profile = json!({
        "type": "EMPLOYER", "companyName": "Tech Corp", "companyEmail": null, "phoneNumber": "+49 30 1234",
        "companyLocation": null, "industry": null,
    });
    assert_eq!(edge.call(employer.get("/auth/me")).await.expect(200).body["profile"], profile);
}

#[actix_web::test]
async fn a_change_answers_with_what_there_is_then() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let skills = json!(["Rust", "SQL"]);
    let profile = json!({"title": "Engineer", "skills": skills});
    let wanted = json!({"lastName": "Roe", "username": null, "locale": "de", "profile": profile});
    let answer = change(&edge, &jane, wanted).await.expect(200);
    assert_eq!((&answer.body["user"]["username"], &answer.body["user"]["locale"]), (&Value::Null, &json!("de")));
    assert_eq!(answer.body["profile"]["fullName"], "Jane Roe");
    assert_eq!((&answer.body["profile"]["title"], &answer.body["profile"]["skills"]), (&json!("Engineer"), &skills));
    assert_eq!(answer.body, edge.call(jane.get("/auth/me")).await.body);
}

#[actix_web::test]
async fn a_change_of_nothing_changes_nothing() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let before = edge.call(jane.get("/auth/me")).await.body;
    assert_eq!(change(&edge, &jane, json!({})).await.expect(200).body, before);
}

#[actix_web::test]
async fn nobody_changes_what_is_not_theirs_to_change() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    for field in ["role", "email", "isActive", "emailVerified", "id", "password"] {
        let refused = change(&edge, &jane, json!({field: "ADMIN"})).await.refused(Code::ValidationFailed);
        assert_eq!(refused.fields(), [(field, "unknown_field")]);
    }
    let others = change(&edge, &jane, json!({"profile": {"companyName": "X"}})).await.refused(Code::ValidationFailed);
    assert_eq!(others.fields(), [("profile.companyName", "unknown_field")]);
    let nulls = change(&edge, &jane, json!({"firstName": null})).await.refused(Code::ValidationFailed);
    assert_eq!(nulls.fields(), [("firstName", "wrong_type")]);
}

#[actix_web::test]
async fn another_users_username_stays_theirs() {
    let edge = TestEdge::new();
    edge.jane().await;
    let john = edge.person(json!({"email": "john@example.com"})).await;
    change(&edge, &john, json!({"username": "Jane"})).await.refused(Code::UsernameTaken);
}

#[actix_web::test]
async fn the_token_stands_in_the_header_or_in_the_cookie_and_the_header_counts() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let me = || TestRequest::get().uri("/auth/me");
    let lower = me().insert_header((header::AUTHORIZATION, format!("bearer {}", jane.access)));
    edge.call(lower).await.expect(200);
    edge.call(me().insert_header(jane.cookies())).await.expect(200);
    let both = me().insert_header(jane.cookies()).insert_header((header::AUTHORIZATION, "Bearer garbage"));
    let refused = edge.call(both).await.refused(Code::InvalidAccessToken);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    let in_url = TestRequest::get().uri(&format!("/auth/me?access_token={0}&token={0}", jane.access));
    edge.call(in_url).await.refused(Code::AuthenticationRequired);
}

#[actix_web::test]
async fn what_is_wrong_with_a_token_is_told() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    edge.clock.advance(Duration::from_mins(11));
    edge.call(jane.get("/auth/me")).await.refused(Code::AccessTokenExpired);
    edge.clock.set(doorward_testkit::builders::noon());
    edge.deactivate("Jane@Example.com").await;
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
}

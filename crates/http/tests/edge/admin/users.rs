//! Users: made, shown, changed.

use doorward_application::ports::MessageKind;
use doorward_http::Code;
use serde_json::{Value, json};

use super::{admin, change, get, path_of, send};
use crate::harness::{TestEdge, with};

fn john(but: Value) -> Value {
    let body = json!({"email": "John@Example.com", "firstName": "John", "lastName": "Smith", "role": "CANDIDATE"});
    with(body, but)
}

#[actix_web::test]
async fn an_account_is_made_without_a_password_and_its_owner_is_written_to() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let asked = john(json!({"username": "john", "role": "EMPLOYER", "company": "Tech Corp", "locale": "de"}));
    let answer = send(&edge, &root, "/auth/admin/users", asked).await.expect(201);
    let made = edge.store.users().into_iter().find(|user| user.email.typed() == "John@Example.com").unwrap();
    let user = json!({
        "id": made.id.to_string(), "email": "John@Example.com", "emailVerified": false, "username": "john",
        "firstName": "John", "lastName": "Smith", "role": "EMPLOYER", "company": "Tech Corp", "isActive": true,
        "locale": "de", "createdAt": "2026-01-01T12:00:00.123456Z", "lastLoginAt": null, "deletesAt": null,
    });
    let profile = json!({
        "type": "EMPLOYER", "companyName": "Tech Corp", "companyEmail": null, "phoneNumber": null,
        "companyLocation": null, "industry": null,
    });
    assert_eq!(answer.body, json!({"success": true, "user": user, "profile": profile}));
    let message = edge.store.messages().pop().unwrap();
    assert_eq!((message.kind, message.to.typed()), (MessageKind::AccountCreated, "John@Example.com"));
    assert_eq!(answer.body, get(&edge, &root, &path_of(&edge, "john@example.com", "")).await.expect(200).body);
}

#[actix_web::test]
async fn everything_that_an_account_lacks_is_told_at_once() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let refused = send(&edge, &root, "/auth/admin/users", json!({})).await.refused(Code::ValidationFailed);
    let names: Vec<_> = refused.fields().into_iter().map(|(field, _)| field).collect();
    assert_eq!(names, ["email", "firstName", "lastName", "role"]);
    let refused = send(&edge, &root, "/auth/admin/users", john(json!({"role": "EMPLOYER"}))).await;
    assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("company", "required")]);
    let with_password = john(json!({"password": "correct horse battery"}));
    let refused = send(&edge, &root, "/auth/admin/users", with_password).await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("password", "unknown_field")]);
}

#[actix_web::test]
async fn names_that_are_taken_are_told() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let taken = send(&edge, &root, "/auth/admin/users", john(json!({"email": "jane@EXAMPLE.com"}))).await;
    taken.refused(Code::UserAlreadyExists);
    let taken = send(&edge, &root, "/auth/admin/users", john(json!({"username": "JANE"}))).await;
    taken.refused(Code::UsernameTaken);
    edge.person(json!({"email": "john@example.com"})).await;
    let path = path_of(&edge, "john@example.com", "");
    change(&edge, &root, &path, json!({"username": "Jane"})).await.refused(Code::UsernameTaken);
}

#[actix_web::test]
async fn a_change_answers_with_what_there_is_then() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let wanted = json!({
        "firstName": "Janet", "lastName": "Roe", "username": null, "locale": "pt-BR",
        "profile": {"title": "Engineer", "skills": ["Rust"]},
    });
    let body = change(&edge, &root, &path, wanted).await.expect(200).body;
    assert_eq!((&body["user"]["username"], &body["user"]["locale"]), (&Value::Null, &json!("pt-BR")));
    assert_eq!((&body["profile"]["fullName"], &body["profile"]["title"]), (&json!("Janet Roe"), &json!("Engineer")));
    assert_eq!(body, get(&edge, &root, &path).await.body);
    assert_eq!(body, change(&edge, &root, &path, json!({})).await.expect(200).body);
}

#[actix_web::test]
async fn a_new_role_begins_a_profile_and_an_old_one_brings_its_own_back() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    change(&edge, &root, &path, json!({"profile": {"title": "Engineer"}})).await.expect(200);
    let refused = change(&edge, &root, &path, json!({"role": "EMPLOYER"})).await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("company", "required")]);
    let wanted = json!({
        "role": "employer", "company": "Tech Corp", "phoneNumber": "+49 30 1234", "profile": {"industry": "Software"},
    });
    let body = change(&edge, &root, &path, wanted).await.expect(200).body;
    let profile = json!({
        "type": "EMPLOYER", "companyName": "Tech Corp", "companyEmail": null, "phoneNumber": "+49 30 1234",
        "companyLocation": null, "industry": "Software",
    });
    assert_eq!((&body["profile"], &body["user"]["company"]), (&profile, &json!("Tech Corp")));
    let body = change(&edge, &root, &path, json!({"role": "CANDIDATE"})).await.expect(200).body;
    assert_eq!((&body["profile"]["title"], &body["user"]["company"]), (&json!("Engineer"), &Value::Null));
    let body = change(&edge, &root, &path, json!({"role": "EMPLOYER"})).await.expect(200).body;
    assert_eq!(body["profile"], profile);
}

#[actix_web::test]
async fn a_change_that_makes_no_sense_is_refused_as_a_whole() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let path = path_of(&edge, "jane@example.com", "");
    let cases = [
        (json!({"company": "Tech Corp"}), "role", "required"),
        (json!({"phoneNumber": "+49 30 1234"}), "role", "required"),
        (json!({"role": "ROOT", "profile": {"title": "X"}}), "role", "malformed"),
        (json!({"role": null}), "role", "wrong_type"),
        (json!({"firstName": null}), "firstName", "wrong_type"),
        (json!({"email": "x@example.com"}), "email", "unknown_field"),
        (json!({"isActive": false}), "isActive", "unknown_field"),
        (json!({"profile": {"companyName": "X"}}), "profile.companyName", "unknown_field"),
        (json!({"role": "ADMIN", "profile": {"title": "X"}}), "profile.title", "unknown_field"),
        (json!({"lastName": "Roe", "locale": "x"}), "locale", "malformed"),
    ];
    let before = get(&edge, &root, &path).await.body;
    for (wanted, field, code) in cases {
        let refused = change(&edge, &root, &path, wanted.clone()).await.refused(Code::ValidationFailed);
        assert_eq!(refused.fields(), [(field, code)], "{wanted}");
    }
    assert_eq!(get(&edge, &root, &path).await.body, before);
}

//! Invitations.

use std::time::Duration;

use doorward_application::ports::MessageKind;
use doorward_http::Code;
use serde_json::{Value, json};

use super::{admin, delete, get, send};
use crate::harness::{PASSWORD, Person, TestEdge, sign_up};

const PATH: &str = "/auth/admin/invitations";

async fn states(edge: &TestEdge, who: &Person) -> Vec<String> {
    let answer = get(edge, who, PATH).await.expect(200);
    let state = |invitation: &Value| invitation["state"].as_str().expect("a state").to_owned();
    answer.body["invitations"].as_array().expect("invitations").iter().map(state).collect()
}

#[actix_web::test]
async fn an_invitation_goes_out_by_mail_and_its_token_nowhere_else() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let asked = json!({"email": "Boss@Example.com", "role": "employer", "company": "Tech Corp", "locale": "de"});
    let answer = send(&edge, &root, PATH, asked).await.expect(201);
    let made = &edge.store.invitations()[0];
    let invitation = json!({
        "id": made.id.to_string(), "email": "Boss@Example.com", "role": "EMPLOYER", "company": "Tech Corp",
        "state": "open", "createdAt": "2026-01-01T12:00:00.123456Z", "expiresAt": "2026-01-08T12:00:00.123456Z",
    });
    assert_eq!(answer.body, json!({"success": true, "invitation": invitation}));
    let message = edge.store.messages().pop().unwrap();
    assert_eq!((message.kind, message.locale.as_str()), (MessageKind::Invitation, "de"));
    let listed = get(&edge, &root, PATH).await.expect(200);
    assert_eq!(listed.body, json!({"success": true, "invitations": [invitation], "nextCursor": null}));
    let token = edge.link(MessageKind::Invitation).await;
    assert!(!answer.text.contains(&token) && !listed.text.contains(&token));
}

#[actix_web::test]
async fn who_is_invited_signs_up_for_the_role() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    send(&edge, &root, PATH, json!({"email": "new@example.com", "role": "ADMIN"})).await.expect(201);
    let token = edge.link(MessageKind::Invitation).await;
    let body = sign_up(json!({"email": "new@example.com", "role": "ADMIN", "invitation": token}));
    let new = Person::of(&edge.post("/auth/register", body).await.expect(201));
    assert_eq!(states(&edge, &new).await, ["accepted"]);
}

#[actix_web::test]
async fn what_is_wrong_with_an_invitation_is_told() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let refused = send(&edge, &root, PATH, json!({})).await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields().iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["email", "role"]);
    let odd = json!({"email": "new@example.com", "role": "CANDIDATE", "company": "Tech Corp"});
    let refused = send(&edge, &root, PATH, odd).await.refused(Code::ValidationFailed);
    assert_eq!(refused.fields(), [("company", "malformed")]);
    let taken = json!({"email": "ROOT@example.com", "role": "ADMIN"});
    send(&edge, &root, PATH, taken).await.refused(Code::UserAlreadyExists);
    assert!(edge.store.invitations().is_empty());
}

#[actix_web::test]
async fn an_invitation_is_withdrawn_once_and_replaced_by_the_next() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let asked = json!({"email": "new@example.com", "role": "EMPLOYER"});
    send(&edge, &root, PATH, asked.clone()).await.expect(201);
    let second = send(&edge, &root, PATH, asked.clone()).await.expect(201);
    let token = edge.link(MessageKind::Invitation).await;
    assert_eq!(states(&edge, &root).await, ["open", "withdrawn"]);
    let path = format!("{PATH}/{}", second.body["invitation"]["id"].as_str().unwrap());
    let answer = delete(&edge, &root, &path).await.expect(200);
    assert_eq!(answer.body, json!({"success": true, "message": "Invitation withdrawn"}));
    delete(&edge, &root, &path).await.refused(Code::NotFound);
    let body = sign_up(json!({"email": "new@example.com", "invitation": token}));
    edge.post("/auth/register", body).await.refused(Code::InvalidToken);
    let third = send(&edge, &root, PATH, asked).await.expect(201);
    edge.clock.advance(Duration::from_hours(7 * 24));
    let log_in = edge.post("/auth/login", json!({"email": "root@example.com", "password": PASSWORD}));
    let root = Person::of(&log_in.await.expect(200));
    assert_eq!(states(&edge, &root).await, ["expired", "withdrawn", "withdrawn"]);
    let path = format!("{PATH}/{}", third.body["invitation"]["id"].as_str().unwrap());
    delete(&edge, &root, &path).await.refused(Code::NotFound);
}

#[actix_web::test]
async fn invitations_come_in_pages() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for n in 1..=5 {
        let asked = json!({"email": format!("new{n}@example.com"), "role": "CANDIDATE"});
        send(&edge, &root, PATH, asked).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(&edge, &root, &format!("{PATH}?limit=2&cursor={cursor}")).await.expect(200).body;
        let emails =
            page["invitations"].as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap().to_owned());
        seen.extend(emails);
        let Some(next) = page["nextCursor"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!(seen, [5, 4, 3, 2, 1].map(|n| format!("new{n}@example.com")));
}

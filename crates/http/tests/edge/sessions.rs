use actix_web::test::TestRequest;
use doorward_http::Code;
use serde_json::json;

use crate::harness::{PASSWORD, Person, TestEdge};

fn delete(person: &Person, id: &str) -> TestRequest {
    person.bearing(TestRequest::delete().uri(&format!("/auth/sessions/{id}")))
}

#[actix_web::test]
async fn the_list_names_the_one_that_asks_and_holds_no_token() {
    let edge = TestEdge::new();
    edge.jane().await;
    let log_in = TestRequest::post()
        .uri("/auth/login")
        .insert_header(("user-agent", "my-app/1.2"))
        .peer_addr(([192, 0, 2, 7], 4711).into())
        .set_json(json!({"username": "jane", "password": PASSWORD}));
    let second = Person::of(&edge.call(log_in).await.expect(200));
    let answer = edge.call(second.get("/auth/sessions")).await.expect(200);
    let sessions = answer.body["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).collect();
    let id = edge.store.sessions().last().unwrap().id.to_string();
    let expected = json!({
        "id": id, "current": true, "valid": true, "createdAt": "2026-01-01T12:00:00.123456Z",
        "lastSeenAt": "2026-01-01T12:00:00.123456Z", "expiresAt": "2026-01-08T12:00:00.123456Z",
        "ipAddress": "192.0.2.7", "userAgent": "my-app/1.2", "device": "my-app",
    });
    assert_eq!(current, [&expected]);
}

#[actix_web::test]
async fn one_session_ends_another_and_itself() {
    let edge = TestEdge::new();
    let first = edge.jane().await;
    let log_in = edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await;
    let second = Person::of(&log_in.expect(200));
    let ids: Vec<_> = edge.store.sessions().iter().map(|session| session.id.to_string()).collect();
    let ended = edge.call(delete(&second, &ids[0])).await.expect(200);
    assert!(ended.set_cookies().is_empty() && ended.header("clear-site-data").is_none());
    edge.call(first.get("/auth/me")).await.refused(Code::SessionEnded);
    edge.call(delete(&second, &ids[0])).await.refused(Code::NotFound);
    let ended = edge.call(delete(&second, &ids[1])).await.expect(200);
    assert!(ended.set_cookies().len() == 2 && ended.header("clear-site-data").is_some());
    edge.call(second.get("/auth/me")).await.refused(Code::SessionEnded);
}

#[actix_web::test]
async fn another_users_session_is_not_there_nor_is_what_is_no_id() {
    let edge = TestEdge::new();
    edge.jane().await;
    let john = edge.person(json!({"email": "john@example.com"})).await;
    let janes = edge.store.sessions()[0].id.to_string();
    for id in [&janes, "00000000-0000-7000-8000-000000000000", "1", "%00", "%zz", "%F0%9F", "..", "a%2Fb"] {
        edge.call(delete(&john, id)).await.refused(Code::NotFound);
    }
    assert!(edge.store.sessions()[0].ended.is_none());
}

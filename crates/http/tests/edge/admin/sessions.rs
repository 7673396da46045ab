//! A user's sessions.

use doorward_http::Code;
use serde_json::json;

use super::{admin, delete, get, path_of};
use crate::harness::{PASSWORD, TestEdge};

#[actix_web::test]
async fn an_administrator_sees_sessions_and_which_is_their_own() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.expect(200);
    let janes = get(&edge, &root, &path_of(&edge, "jane@example.com", "/sessions")).await.expect(200);
    let janes = janes.body["sessions"].as_array().unwrap();
    assert_eq!(janes.len(), 2);
    assert!(janes.iter().all(|session| session["current"] == false && session["valid"] == true));
    let own = get(&edge, &root, &path_of(&edge, "root@example.com", "/sessions")).await.expect(200);
    let own = own.body["sessions"].as_array().unwrap();
    let current: Vec<_> = own.iter().filter(|session| session["current"] == true).collect();
    let root_id = edge.store.users()[0].id;
    let id = edge.store.sessions().iter().rfind(|session| session.user_id == root_id).unwrap().id;
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["id"], id.to_string());
}

#[actix_web::test]
async fn all_sessions_of_a_user_end_and_nobody_elses() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let jane = edge.jane().await;
    edge.post("/auth/login", json!({"username": "jane", "password": PASSWORD})).await.expect(200);
    let john = edge.person(json!({"email": "john@example.com"})).await;
    let path = path_of(&edge, "jane@example.com", "/sessions");
    let answer = delete(&edge, &root, &path).await.expect(200);
    assert_eq!(answer.body, json!({"success": true, "message": "Sessions ended", "sessionsRevoked": 2}));
    assert!(answer.set_cookies().is_empty());
    edge.call(jane.get("/auth/me")).await.refused(Code::SessionEnded);
    edge.call(john.get("/auth/me")).await.expect(200);
    assert_eq!(get(&edge, &root, &path).await.expect(200).body["sessions"], json!([]));
    assert_eq!(delete(&edge, &root, &path).await.expect(200).body["sessionsRevoked"], 0);
}

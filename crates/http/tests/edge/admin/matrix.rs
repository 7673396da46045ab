//! Who may: administrators, and nobody else.

use std::collections::BTreeSet;

use actix_web::test::TestRequest;
use doorward_http::Code;
use serde_json::{Value, json};

use super::{admin, path_of};
use crate::{
    answer::routes,
    harness::{Person, TestEdge},
};

/// A route's method and path, a body for it, and the status that an administrator gets.
type Row = (&'static str, &'static str, fn() -> Value, u16);

/// Every route. The user is John, the invitation and the key are nobody's.
const MATRIX: [Row; 17] = [
    ("GET", "/auth/admin/users", none, 200),
    ("POST", "/auth/admin/users", someone, 201),
    ("GET", "/auth/admin/users/{id}", none, 200),
    ("PATCH", "/auth/admin/users/{id}", || json!({}), 200),
    ("DELETE", "/auth/admin/users/{id}", none, 200),
    ("POST", "/auth/admin/users/{id}/deactivate", none, 200),
    ("POST", "/auth/admin/users/{id}/activate", none, 200),
    ("POST", "/auth/admin/users/{id}/reset-password", none, 202),
    ("GET", "/auth/admin/users/{id}/sessions", none, 200),
    ("DELETE", "/auth/admin/users/{id}/sessions", none, 200),
    ("GET", "/auth/admin/invitations", none, 200),
    ("POST", "/auth/admin/invitations", || json!({"email": "new@example.com", "role": "ADMIN"}), 201),
    ("DELETE", "/auth/admin/invitations/{id}", none, 404),
    ("GET", "/auth/admin/keys", none, 200),
    ("POST", "/auth/admin/keys/rotate", none, 200),
    ("POST", "/auth/admin/keys/{kid}/revoke", none, 404),
    ("GET", "/auth/admin/audit-events", none, 200),
];

fn none() -> Value {
    Value::Null
}

fn someone() -> Value {
    json!({"email": "new@example.com", "firstName": "A", "lastName": "B", "role": "CANDIDATE"})
}

#[actix_web::test]
async fn every_route_of_administration_stands_in_the_matrix_and_no_other() {
    let served = routes().into_iter().map(|(method, path, _)| (method, path));
    let served: BTreeSet<_> = served.filter(|(_, path)| path.starts_with("/auth/admin/")).collect();
    let listed = MATRIX.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(served, listed);
}

#[actix_web::test]
async fn an_administrator_may_and_nobody_else() {
    for (method, path, body, status) in MATRIX {
        let edge = TestEdge::new();
        let root = admin(&edge).await;
        let john = edge.person(json!({"email": "john@example.com"})).await;
        let employer = json!({"email": "boss@example.com", "role": "EMPLOYER", "company": "Tech Corp"});
        let employer = edge.person(employer).await;
        let path = match path.split_once("/users/{id}") {
            Some((_, rest)) => path_of(&edge, "john@example.com", rest),
            None => path.replace("{id}", super::NOBODY).replace("{kid}", "nobodys"),
        };
        let request = || TestRequest::with_uri(&path).method(method.parse().unwrap());
        // What they sent is not read: a body that is no JSON changes nothing.
        let garbage = |who: &Person| who.bearing(request()).set_payload("garbage");
        let before = edge.store.counts();
        edge.call(request()).await.refused(Code::AuthenticationRequired);
        edge.call(garbage(&john)).await.refused(Code::Forbidden);
        edge.call(garbage(&employer)).await.refused(Code::Forbidden);
        assert_eq!(edge.store.counts(), before, "{method} {path}");
        let request = root.bearing(request());
        let request = if body().is_null() { request } else { request.set_json(body()) };
        edge.call(request).await.expect(status);
    }
}

#[actix_web::test]
async fn who_was_an_administrator_is_one_no_more() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let other = super::admin_at(&edge, "other@example.com").await;
    let path = path_of(&edge, "other@example.com", "");
    super::change(&edge, &root, &path, json!({"role": "CANDIDATE"})).await.expect(200);
    super::get(&edge, &other, "/auth/admin/users").await.refused(Code::StaleClaims);
    let refreshed = edge.post("/auth/refresh", json!({"refreshToken": other.refresh})).await.expect(200);
    super::get(&edge, &Person::of(&refreshed), "/auth/admin/users").await.refused(Code::Forbidden);
}

//! Paths and queries that lead nowhere.

use doorward_http::Code;
use serde_json::json;

use super::{NOBODY, admin, change, delete, get, post};
use crate::harness::TestEdge;

#[actix_web::test]
async fn what_is_nobodys_id_is_not_found() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for id in [NOBODY, "1", "root", "%00", "%zz", "%F0%9F", "..", "a%2Fb"] {
        let path = format!("/auth/admin/users/{id}");
        get(&edge, &root, &path).await.refused(Code::NotFound);
        change(&edge, &root, &path, json!({"profile": {}})).await.refused(Code::NotFound);
        change(&edge, &root, &path, json!({"firstName": "X"})).await.refused(Code::NotFound);
        delete(&edge, &root, &path).await.refused(Code::NotFound);
        for rest in ["deactivate", "activate", "reset-password"] {
            post(&edge, &root, &format!("{path}/{rest}")).await.refused(Code::NotFound);
        }
        get(&edge, &root, &format!("{path}/sessions")).await.refused(Code::NotFound);
        delete(&edge, &root, &format!("{path}/sessions")).await.refused(Code::NotFound);
        delete(&edge, &root, &format!("/auth/admin/invitations/{id}")).await.refused(Code::NotFound);
    }
}

#[actix_web::test]
async fn a_query_is_read_strictly() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let cases = [
        ("users?serach=x", "serach", "unknown_field"),
        ("users?role=ROOT", "role", "malformed"),
        ("users?role=ADMIN&role=ADMIN", "role", "too_many"),
        ("users?active=1", "active", "malformed"),
        ("users?limit=0", "limit", "malformed"),
        ("users?limit=201", "limit", "malformed"),
        ("users?limit=ten", "limit", "malformed"),
        ("users?cursor=x", "cursor", "malformed"),
        ("users?search=a%00b", "search", "control_character"),
        ("invitations?role=ADMIN", "role", "unknown_field"),
        ("invitations?cursor=AAAA", "cursor", "malformed"),
        ("audit-events?user=root", "user", "malformed"),
        ("audit-events?type=nothing", "type", "malformed"),
        ("audit-events?kind=signed_in", "kind", "unknown_field"),
    ];
    for (query, field, code) in cases {
        let refused = get(&edge, &root, &format!("/auth/admin/{query}")).await.refused(Code::ValidationFailed);
        assert_eq!(refused.fields(), [(field, code)], "{query}");
    }
    for query in ["users?search=%ff", "users?search=%", "invitations?limit=%zz", "audit-events?%c3=1"] {
        get(&edge, &root, &format!("/auth/admin/{query}")).await.refused(Code::MalformedRequest);
    }
    for query in ["users?", "users?search=&role=&active=&cursor=&limit=", "invitations?limit=", "audit-events?user="] {
        get(&edge, &root, &format!("/auth/admin/{query}")).await.expect(200);
    }
}

//! Who may call what: every route stands in this table, or a test fails.

use doorward_http::routes::{Who, table};
use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, TestApp};

/// Who may call each route. A route that is not here is not allowed to be there.
const MATRIX: &[(&str, &str, Who)] = &[
    ("POST", "/auth/register", Who::SigningIn),
    ("POST", "/auth/login", Who::SigningIn),
    ("POST", "/auth/refresh", Who::SigningIn),
    ("POST", "/auth/logout", Who::Anyone),
    ("POST", "/auth/logout-all", Who::SignedIn),
    ("GET", "/auth/me", Who::SignedIn),
    ("PATCH", "/auth/me", Who::SignedIn),
    ("GET", "/auth/sessions", Who::SignedIn),
    ("DELETE", "/auth/sessions/{id}", Who::SignedIn),
    ("POST", "/login", Who::SigningIn),
    ("POST", "/refresh", Who::SigningIn),
    ("POST", "/logout", Who::Anyone),
    ("GET", "/dashboard", Who::SignedIn),
    ("GET", "/.well-known/jwks.json", Who::Anyone),
    ("GET", "/health/live", Who::Anyone),
    ("GET", "/health/ready", Who::Anyone),
    ("GET", "/openapi.json", Who::Anyone),
    ("GET", "/docs", Who::Anyone),
    ("GET", "/docs/errors", Who::Anyone),
    ("GET", "/docs/{file}", Who::Anyone),
];

#[test]
fn every_route_stands_in_the_matrix_and_no_other() {
    let rows = table();
    let served: Vec<_> = rows.iter().map(|row| (row.method.as_str(), row.path, row.who)).collect();
    let unmatched: Vec<_> = served.iter().filter(|row| !MATRIX.contains(row)).collect();
    assert!(unmatched.is_empty(), "served, and not in MATRIX: {unmatched:#?}");
    let unserved: Vec<_> = MATRIX.iter().filter(|row| !served.contains(row)).collect();
    assert!(unserved.is_empty(), "in MATRIX, and not served: {unserved:#?}");
}

#[rstest]
#[tokio::test]
async fn a_protected_route_is_closed_to_everyone_without_a_live_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    for (method, path, who) in MATRIX {
        if matches!(who, Who::Anyone | Who::SigningIn) {
            continue;
        }
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        let send = || app.request(method, &path).json(&json!({}));
        send().send().await.problem(401, "authentication_required");
        send().bearer(&jane.access).send().await.problem(401, "session_ended");
        send().bearer("nonsense").send().await.problem(401, "invalid_access_token");
    }
}

#[rstest]
#[tokio::test]
async fn head_is_answered_where_get_is(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for path in ["/health/live", "/.well-known/jwks.json", "/openapi.json"] {
        let head = app.request("HEAD", path).send().await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""), "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn health_tells_live_from_ready(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.request("GET", "/health/live").send().await.ok(200);
    app.request("GET", "/health/ready").send().await.ok(200);
    app.sql("ALTER TABLE seaql_migrations RENAME TO elsewhere").await;
    app.request("GET", "/health/live").send().await.ok(200);
    assert_eq!(app.request("GET", "/health/ready").send().await.status.as_u16(), 503);
    app.sql("ALTER TABLE elsewhere RENAME TO seaql_migrations").await;
}

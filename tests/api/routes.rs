//! Who may call what: every route stands in this table, or a test fails.

use doorward_http::routes::{Who, pages, table};
use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, TestApp, person},
    jwt::tokens,
};

/// Who may call each route. A route that is not here is not allowed to be there.
const MATRIX: &[(&str, &str, Who)] = &[
    ("POST", "/auth/register", Who::SigningUp),
    ("POST", "/auth/login", Who::SigningIn),
    ("POST", "/auth/refresh", Who::SigningIn),
    ("POST", "/auth/logout", Who::Anyone),
    ("POST", "/auth/logout-all", Who::SignedIn),
    ("POST", "/auth/verify-email", Who::Anyone),
    ("POST", "/auth/resend-verification", Who::Anyone),
    ("POST", "/auth/forgot-password", Who::Anyone),
    ("POST", "/auth/reset-password", Who::Anyone),
    ("POST", "/auth/change-password", Who::SignedIn),
    ("POST", "/auth/change-email", Who::SignedIn),
    ("POST", "/auth/confirm-email", Who::Anyone),
    ("POST", "/auth/undo-email-change", Who::Anyone),
    ("POST", "/auth/not-me", Who::Anyone),
    ("GET", "/auth/me", Who::SignedIn),
    ("PATCH", "/auth/me", Who::SignedIn),
    ("DELETE", "/auth/me", Who::SignedIn),
    ("GET", "/auth/me/export", Who::SignedIn),
    ("GET", "/auth/sessions", Who::SignedIn),
    ("DELETE", "/auth/sessions/{id}", Who::SignedIn),
    ("GET", "/auth/admin/users", Who::Admin),
    ("POST", "/auth/admin/users", Who::Admin),
    ("GET", "/auth/admin/users/{id}", Who::Admin),
    ("PATCH", "/auth/admin/users/{id}", Who::Admin),
    ("DELETE", "/auth/admin/users/{id}", Who::Admin),
    ("POST", "/auth/admin/users/{id}/deactivate", Who::Admin),
    ("POST", "/auth/admin/users/{id}/activate", Who::Admin),
    ("POST", "/auth/admin/users/{id}/reset-password", Who::Admin),
    ("GET", "/auth/admin/users/{id}/sessions", Who::Admin),
    ("DELETE", "/auth/admin/users/{id}/sessions", Who::Admin),
    ("GET", "/auth/admin/invitations", Who::Admin),
    ("POST", "/auth/admin/invitations", Who::Admin),
    ("DELETE", "/auth/admin/invitations/{id}", Who::Admin),
    ("GET", "/auth/admin/audit-events", Who::Admin),
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
    ("GET", "/register", Who::Anyone),
    ("POST", "/register", Who::Form),
    ("GET", "/verify-email", Who::Anyone),
    ("POST", "/verify-email", Who::Form),
    ("GET", "/forgot-password", Who::Anyone),
    ("POST", "/forgot-password", Who::Form),
    ("GET", "/reset-password", Who::Anyone),
    ("POST", "/reset-password", Who::Form),
    ("GET", "/confirm-email", Who::Anyone),
    ("POST", "/confirm-email", Who::Form),
    ("GET", "/undo-email-change", Who::Anyone),
    ("POST", "/undo-email-change", Who::Form),
    ("GET", "/not-me", Who::Anyone),
    ("POST", "/not-me", Who::Form),
    ("GET", "/keep-account", Who::Anyone),
    ("POST", "/keep-account", Who::Form),
    ("GET", "/assets/{file}", Who::Anyone),
];

#[test]
fn every_route_stands_in_the_matrix_and_no_other() {
    let rows: Vec<_> = table().into_iter().chain(pages()).collect();
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
        if !matches!(who, Who::SignedIn | Who::Admin) {
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
async fn an_administrators_route_is_closed_to_everyone_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let candidate = app.sign_up("jane@example.com").await;
    let mut employer = person("boss@example.com");
    (employer["role"], employer["company"]) = (json!("EMPLOYER"), json!("Tech Corp"));
    let (employer, _) = tokens(&app.post("/auth/register", &employer).await.ok(201));
    for (method, path, _) in MATRIX.iter().filter(|(.., who)| *who == Who::Admin) {
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        for access in [&candidate.access, &employer] {
            // Whatever the body is: it is not looked at.
            let request = app.request(method, &path).bearer(access).json(&json!({ "nonsense": 1 }));
            request.send().await.problem(403, "forbidden");
        }
    }
    assert!(MATRIX.iter().all(|(_, path, who)| path.starts_with("/auth/admin") == (*who == Who::Admin)));
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

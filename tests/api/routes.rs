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
    ("GET", "/auth/revocations", Who::Anyone),
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
    ("GET", "/auth/admin/keys", Who::Admin),
    ("POST", "/auth/admin/keys/rotate", Who::Admin),
    ("POST", "/auth/admin/keys/{kid}/revoke", Who::Admin),
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
];

/// The same of each page.
const PAGES: &[(&str, &str, Who)] = &[
    ("GET", "/", Who::SignedIn),
    ("GET", "/login", Who::Visitor),
    ("POST", "/login", Who::Anyone),
    ("POST", "/logout", Who::Anyone),
    ("GET", "/register", Who::Visitor),
    ("POST", "/register", Who::Anyone),
    ("POST", "/language", Who::Anyone),
    ("GET", "/verify-email", Who::Anyone),
    ("POST", "/verify-email", Who::Anyone),
    ("GET", "/confirm-email", Who::Anyone),
    ("POST", "/confirm-email", Who::Anyone),
    ("GET", "/undo-email-change", Who::Anyone),
    ("POST", "/undo-email-change", Who::Anyone),
    ("GET", "/not-me", Who::Anyone),
    ("POST", "/not-me", Who::Anyone),
    ("GET", "/forgot-password", Who::Anyone),
    ("POST", "/forgot-password", Who::Anyone),
    ("GET", "/resend-verification", Who::Anyone),
    ("POST", "/resend-verification", Who::Anyone),
    ("GET", "/reset-password", Who::Anyone),
    ("POST", "/reset-password", Who::Anyone),
    ("GET", "/keep-account", Who::Anyone),
    ("POST", "/keep-account", Who::Anyone),
    ("GET", "/my-assessments", Who::SignedIn),
    ("GET", "/dashboard", Who::SignedIn),
    ("POST", "/profile", Who::SignedIn),
    ("GET", "/admin", Who::Admin),
    ("GET", "/admin/invitations", Who::Admin),
    ("POST", "/admin/invitations", Who::Admin),
    ("POST", "/admin/invitations/{id}/withdraw", Who::Admin),
    ("GET", "/admin/keys", Who::Admin),
    ("POST", "/admin/keys/rotate", Who::Admin),
    ("POST", "/admin/keys/{kid}/revoke", Who::Admin),
    ("GET", "/admin/audit-events", Who::Admin),
    ("GET", "/admin/audit-events/latest", Who::Admin),
    ("GET", "/admin/users", Who::Admin),
    ("POST", "/admin/users", Who::Admin),
    ("GET", "/admin/users/new", Who::Admin),
    ("GET", "/admin/users/{id}", Who::Admin),
    ("POST", "/admin/users/{id}", Who::Admin),
    ("POST", "/admin/users/{id}/role", Who::Admin),
    ("POST", "/admin/users/{id}/sessions/end", Who::Admin),
    ("POST", "/admin/users/{id}/deactivate", Who::Admin),
    ("POST", "/admin/users/{id}/activate", Who::Admin),
    ("POST", "/admin/users/{id}/reset-password", Who::Admin),
    ("POST", "/admin/users/{id}/delete", Who::Admin),
    ("GET", "/account", Who::SignedIn),
    ("POST", "/account/profile", Who::SignedIn),
    ("POST", "/account/email", Who::SignedIn),
    ("POST", "/account/password", Who::SignedIn),
    ("POST", "/account/sessions/{id}/end", Who::SignedIn),
    ("POST", "/account/sessions/end-others", Who::SignedIn),
    ("POST", "/account/export", Who::SignedIn),
    ("POST", "/account/delete", Who::SignedIn),
    ("GET", "/assets/{file}", Who::Anyone),
];

#[test]
fn every_route_stands_in_the_matrix_and_no_other() {
    for (rows, matrix) in [(table(), MATRIX), (pages(), PAGES)] {
        let served: Vec<_> = rows.iter().map(|row| (row.method.as_str(), row.path, row.who)).collect();
        let unmatched: Vec<_> = served.iter().filter(|row| !matrix.contains(row)).collect();
        assert!(unmatched.is_empty(), "served, and not in the matrix: {unmatched:#?}");
        let unserved: Vec<_> = matrix.iter().filter(|row| !served.contains(row)).collect();
        assert!(unserved.is_empty(), "in the matrix, and not served: {unserved:#?}");
    }
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
        let path = address(path);
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
        let path = address(path);
        for access in [&candidate.access, &employer] {
            // Whatever the body is: it is not looked at.
            let request = app.request(method, &path).bearer(access).json(&json!({ "nonsense": 1 }));
            request.send().await.problem(403, "forbidden");
        }
    }
    assert!(MATRIX.iter().all(|(_, path, who)| path.starts_with("/auth/admin") == (*who == Who::Admin)));
}

/// Its address, with a thing in it that is nobody's.
fn address(path: &str) -> String {
    path.replace("{id}", "00000000-0000-7000-8000-000000000000").replace("{kid}", "nobodys")
}

#[rstest]
#[tokio::test]
async fn a_page_for_the_signed_in_sends_everyone_else_to_the_sign_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let cookies = format!("token={}; refresh_token={}", jane.access, jane.refresh);
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    for (method, path, _) in PAGES.iter().filter(|(.., who)| matches!(who, Who::SignedIn | Who::Admin)) {
        for cookies in ["", &cookies] {
            let request = app.request(method, &address(path)).header("cookie", cookies).header("accept", "text/html");
            if *method == "GET" {
                let answer = request.send().await;
                assert_eq!(answer.status.as_u16(), 303, "{path}");
                assert!(answer.header("location").starts_with("/login"), "{path}");
                continue;
            }
            let form = request.header("content-type", "application/x-www-form-urlencoded");
            assert_eq!(form.same_origin().send().await.status.as_u16(), 401, "{path}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_administrators_page_is_closed_to_everyone_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let cookies = format!("token={}; refresh_token={}", jane.access, jane.refresh);
    for (method, path, _) in PAGES.iter().filter(|(.., who)| *who == Who::Admin) {
        let request = app.request(method, &address(path)).header("cookie", &cookies);
        let form = request.header("content-type", "application/x-www-form-urlencoded").same_origin();
        let answer = form.send().await;
        assert_eq!(answer.status.as_u16(), 403, "{method} {path}");
        assert!(answer.text.contains("You may not do this."), "{}", answer.text);
    }
    assert!(PAGES.iter().all(|(_, path, who)| path.starts_with("/admin") == (*who == Who::Admin)));
}

#[rstest]
#[tokio::test]
async fn no_form_of_another_site_is_taken(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let cookies = format!("token={}; refresh_token={}", jane.access, jane.refresh);
    for (_, path, _) in PAGES.iter().filter(|(method, ..)| *method == "POST") {
        let form = app.request("POST", &address(path)).header("content-type", "application/x-www-form-urlencoded");
        let form = form.header("cookie", &cookies).header("origin", "https://evil.example").send().await;
        assert_eq!(form.status.as_u16(), 403, "{path}");
    }
    app.request("GET", "/auth/me").bearer(&jane.access).send().await.ok(200);
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

//! The proof of an address, the export of an account, and its end.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, PASSWORD, TestApp, person},
    jwt::tokens,
};

const FIRST_DAY: u64 = 24 * 60 * 60;

#[rstest]
#[tokio::test]
async fn an_address_is_proven_by_the_link_and_by_nothing_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    for wrong in ["", "nonsense", &token[1..], &format!("{token}=")] {
        app.post("/auth/verify-email", &json!({ "token": wrong })).await.problem(400, "invalid_token");
    }
    app.post("/auth/verify-email", &json!({ "token": token })).await.ok(200);
    app.post("/auth/verify-email", &json!({ "token": token })).await.problem(400, "invalid_token");
    assert_eq!(app.me(&jane.access).await.ok(200)["user"]["emailVerified"], true);
}

#[rstest]
#[tokio::test]
async fn to_open_the_link_consumes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let mail = app.mail_to("jane@example.com").await;
    let path = mail.link().strip_prefix(&app.public_url()).expect("our own page");
    for method in ["GET", "HEAD", "GET"] {
        let page = app.request(method, path).send().await;
        assert_eq!(page.status.as_u16(), 200, "{page:?}");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    app.post("/auth/verify-email", &json!({ "token": mail.token() })).await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_used_by_fifty_at_once_succeeds_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    let body = json!({ "token": token });
    let answers = join_all((0..50).map(|_| app.post("/auth/verify-email", &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 200).count(), 1);

    app.post("/auth/forgot-password", &json!({ "email": "jane@example.com" })).await.ok(202);
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    let answers = join_all((0..50).map(|n| {
        let body = json!({ "token": token, "password": format!("a quiet harbour {n}") });
        let app = &app;
        async move { (n, app.post("/auth/reset-password", &body).await) }
    }))
    .await;
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.status.as_u16() == 200).collect();
    assert_eq!(winners.len(), 1);
    let login = json!({ "email": "jane@example.com", "password": format!("a quiet harbour {}", winners[0].0) });
    app.post("/auth/login", &login).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn where_proof_is_demanded_it_opens_the_door(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("REGISTRATION__REQUIRE_VERIFIED_EMAIL", "true")]).await;
    let body = app.post("/auth/register", &person("jane@example.com")).await.ok(201);
    assert!(body.get("tokens").is_none(), "{body}");
    app.log_in("jane@example.com").await.problem(403, "email_not_verified");
    app.advance_secs(FIRST_DAY);
    app.post("/auth/resend-verification", &json!({ "email": "Jane@Example.com" })).await.ok(202);
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    app.post("/auth/verify-email", &json!({ "token": token })).await.ok(200);
    app.log_in("jane@example.com").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn an_account_that_nobody_proves_goes_and_its_address_is_free(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let squatter = app.sign_up("jane@example.com").await;
    app.advance_secs(7 * FIRST_DAY);
    app.purge().await;
    app.me(&squatter.access).await.problem(401, "access_token_expired");
    app.refresh(&squatter.refresh).await.problem(401, "invalid_refresh_token");
    app.sign_up("jane@example.com").await;
}

#[rstest]
#[tokio::test]
async fn an_export_has_everything_but_secrets(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.post("/auth/login", &json!({ "email": "jane@example.com", "password": "not the one" })).await;
    let answer = app.request("GET", "/auth/me/export").bearer(&jane.access).send().await;
    assert!(answer.header("content-disposition").starts_with("attachment"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.text.clone();
    let body = answer.ok(200);
    assert_eq!(body["user"]["email"], "jane@example.com");
    assert_eq!(body["profiles"][0]["type"], "CANDIDATE");
    assert_eq!(body["sessions"].as_array().expect("sessions").len(), 1);
    let kinds: Vec<_> = body["auditEvents"].as_array().expect("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["data_exported", "sign_in_failed", "signed_up"]);
    for secret in [&jane.access, &jane.refresh, "hash", "nonce", "digest"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[rstest]
#[tokio::test]
async fn a_deleted_account_can_be_kept_until_it_goes(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("ACCOUNT__DELETION_GRACE", "3d")]).await;
    let jane = app.sign_up("jane@example.com").await;
    let delete = |password: &str| {
        app.request("DELETE", "/auth/me").bearer(&jane.access).json(&json!({ "password": password })).send()
    };
    delete("not the one").await.problem(401, "invalid_credentials");
    let body = delete(PASSWORD).await.ok(200);
    assert_eq!(body["deletesAt"], "2026-01-04T12:00:00Z");
    app.me(&jane.access).await.problem(401, "session_ended");
    app.log_in("jane@example.com").await.problem(403, "deletion_pending");
    let keep = json!({ "email": "jane@example.com", "password": PASSWORD, "restore": true });
    app.post("/auth/login", &keep).await.ok(200);
    app.log_in("jane@example.com").await.ok(200);
    app.advance_secs(4 * FIRST_DAY);
    app.purge().await;
    app.log_in("jane@example.com").await.ok(200);
}

/// What a table that refers to a user must be in: a new one must be entered, with what becomes of it.
const OF_A_USER: &[(&str, &str)] = &[
    ("admin_profiles", "exported, and goes with the user"),
    ("audit_events", "exported, and keeps identifiers alone"),
    ("candidate_profiles", "exported, and goes with the user"),
    ("employer_profiles", "exported, and goes with the user"),
    ("invitations", "exported by the address; those of the address go with the user"),
    ("kept_answers", "goes with the user, after a day in any case; says what the user was told before"),
    ("one_time_tokens", "goes with the user; a digest says nothing to anyone"),
    ("outbox", "goes with the user; what waits to be sent to them is sent to them"),
    ("password_credentials", "goes with the user; a hash says nothing to them"),
    ("sessions", "exported, and goes with the user"),
    ("user_search_terms", "goes with the user; the words of the account once more"),
    ("users", "exported, and is the user"),
];

#[rstest]
#[tokio::test]
async fn no_table_that_refers_to_a_user_is_forgotten(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("ACCOUNT__DELETION_GRACE", "0s")]).await;
    let columns = match on {
        Sqlite => {
            "SELECT DISTINCT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND \
             (c.name LIKE '%user_id' OR c.name LIKE '%actor%' OR c.name LIKE '%\\_by' ESCAPE '\\' OR c.name LIKE '%email%')"
        }
        Postgres => {
            "SELECT DISTINCT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND \
             (column_name LIKE '%user_id' OR column_name LIKE '%actor%' OR column_name LIKE '%\\_by' OR \
             column_name LIKE '%email%')"
        }
    };
    let mut tables = app.texts(columns).await;
    tables.sort();
    let known: Vec<_> = OF_A_USER.iter().map(|(table, _)| *table).collect();
    assert_eq!(tables, known);

    // Names that no random bytes spell by chance, as four letters of base64 would be once in a while.
    let mut jane = person("jane.unmistakable@example.com");
    (jane["firstName"], jane["lastName"]) = (json!("Janeunmistakable"), json!("Doeunmistakable"));
    let (access, _) = tokens(&app.post("/auth/register", &jane).await.ok(201));
    app.post("/auth/forgot-password", &json!({ "email": "jane.unmistakable@example.com" })).await.ok(202);
    app.deliver().await;
    app.request("DELETE", "/auth/me").bearer(&access).json(&json!({ "password": PASSWORD })).send().await.ok(200);
    for table in known.iter().filter(|table| **table != "audit_events") {
        assert_eq!(app.rows(table).await, 0, "{table}");
    }
    let dump = app.dump().await;
    for trace in ["unmistakable", "127.0.0.1"] {
        assert!(!dump.contains(trace), "{trace} is left");
    }
}

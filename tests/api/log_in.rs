//! Sign-in (seeds 001 to 004).

use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, PASSWORD, TestApp, person};

#[rstest]
#[tokio::test]
async fn a_person_signs_in_by_address_or_username(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut body = person("Jane@example.com");
    body["username"] = json!("Jane_Doe");
    app.post("/auth/register", &body).await.ok(201);
    for who in [
        json!({ "email": "jane@EXAMPLE.com" }),
        json!({ "username": "jane_doe" }),
        json!({ "username": "jane@example.com" }),
    ] {
        let mut body = who;
        body["password"] = json!(PASSWORD);
        let answer = app.post("/auth/login", &body).await.ok(200);
        assert_eq!(answer["user"]["email"], "Jane@example.com");
        assert_eq!(answer["user"]["firstName"], "Jane");
        app.me(answer["tokens"]["accessToken"].as_str().unwrap()).await.ok(200);
    }
}

#[rstest]
#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_told_alike(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let mut seen = Vec::new();
    for (email, password) in [
        ("jane@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("jane@example.com", "A quiet harbour"),
    ] {
        let answer = app.post("/auth/login", &json!({ "email": email, "password": password })).await;
        let mut headers: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        let length = answer.header("content-length").to_owned();
        let mut body = answer.problem(401, "invalid_credentials");
        assert_eq!(body["message"], "Invalid credentials");
        body["requestId"] = json!("…");
        seen.push((body, headers, length));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

#[rstest]
#[tokio::test]
async fn a_deactivated_account_is_told_only_to_who_knows_the_password(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    app.deactivate("jane@example.com").await;
    let body = app.log_in("jane@example.com").await.problem(403, "account_deactivated");
    assert_eq!(body["message"], "Account is deactivated");
    let wrong = json!({ "email": "jane@example.com", "password": "not the password" });
    app.post("/auth/login", &wrong).await.problem(401, "invalid_credentials");
}

#[rstest]
#[tokio::test]
async fn a_deactivated_users_tokens_are_dead(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.deactivate("jane@example.com").await;
    app.me(&jane.access).await.problem(401, "session_ended");
    app.refresh(&jane.refresh).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[tokio::test]
async fn a_sign_in_is_remembered(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    app.advance_secs(3600);
    let token = app.signed_in("jane@example.com").await.access;
    let user = app.me(&token).await.ok(200)["user"].clone();
    let at = |field: &str| user[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("lastLoginAt") - at("createdAt")).num_seconds(), 3600);
}

#[rstest]
#[tokio::test]
async fn a_user_imported_with_bcrypt_signs_in_and_is_hashed_anew(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    for prefix in ["$2a$", "$2b$", "$2y$"] {
        // The hash of "mypassword123", as an Express application would have stored it.
        let hash = bcrypt::hash("mypassword123", 4).expect("bcrypt hashes").replacen("$2b$", prefix, 1);
        app.set_hash("jane@example.com", &hash).await;
        let wrong = json!({ "email": "jane@example.com", "password": "mypassword124" });
        app.post("/auth/login", &wrong).await.problem(401, "invalid_credentials");
        assert_eq!(app.hash_of("jane@example.com").await, hash);

        let right = json!({ "email": "jane@example.com", "password": "mypassword123" });
        app.post("/auth/login", &right).await.ok(200);
        let rehashed = app.hash_of("jane@example.com").await;
        assert!(rehashed.starts_with("$argon2id$"), "{rehashed}");
        app.post("/auth/login", &right).await.ok(200);
        assert_eq!(app.hash_of("jane@example.com").await, rehashed);
    }
}

#[rstest]
#[tokio::test]
async fn a_password_is_hashed_anew_when_the_cost_is_raised(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    assert!(app.hash_of("jane@example.com").await.contains("m=64,t=1,p=1"));
    let app = app.restart_with(&[("PASSWORDS__ARGON2_ITERATIONS", "2")]).await;
    app.log_in("jane@example.com").await.ok(200);
    let raised = app.hash_of("jane@example.com").await;
    assert!(raised.contains("m=64,t=2,p=1"), "{raised}");
    app.log_in("jane@example.com").await.ok(200);
    assert_eq!(app.hash_of("jane@example.com").await, raised);
}

#[rstest]
#[tokio::test]
async fn a_malformed_stored_hash_is_nobodys_password(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    for hash in ["", "$2b$", "$2b$99$xxx", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "plain"] {
        app.set_hash("jane@example.com", hash).await;
        app.log_in("jane@example.com").await.problem(401, "invalid_credentials");
    }
}

#[rstest]
#[tokio::test]
async fn a_sign_in_ends_the_session_that_came_with_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let cookie = format!("token={}; refresh_token={}", jane.access, jane.refresh);
    let body = json!({ "email": "jane@example.com", "password": PASSWORD });
    let again = app.request("POST", "/auth/login").header("cookie", &cookie).same_origin().json(&body).send().await;
    let again = again.ok(200);
    app.me(&jane.access).await.problem(401, "session_ended");
    app.me(again["tokens"]["accessToken"].as_str().unwrap()).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn the_oldest_session_ends_when_there_are_too_many(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("SESSIONS__MAX_PER_USER", "3")]).await;
    let first = app.sign_up("jane@example.com").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        app.advance_secs(1);
        others.push(app.signed_in("jane@example.com").await);
    }
    app.me(&first.access).await.problem(401, "session_ended");
    app.refresh(&first.refresh).await.problem(401, "invalid_refresh_token");
    for session in &others {
        app.me(&session.access).await.ok(200);
    }
}

//! Bad input: a clear error in the one shape, and nothing is lost.

use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, PASSWORD, TestApp};

#[rstest]
#[tokio::test]
async fn what_is_not_json_is_400(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for text in [
        "",
        " ",
        "{",
        "nonsense",
        "{\"email\":}",
        "{\"email\":\"a\"",
        "{'email':'a'}",
        "{\"email\":\"a\",}",
        "{\"email\":\"a\"} trailing",
        "{\"email\":\"\\ud800\"}",
        "{\"a\":1e999999}",
        "\u{feff}{}",
        "{\"email\":\"a\",\"email\":\"b\"}",
        "{\"profile\":{\"a\":1,\"a\":2}}",
    ] {
        app.post_text("/auth/login", text).await.problem(400, "malformed_json");
    }
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    app.post_text("/auth/login", &deep).await.problem(400, "malformed_json");
    app.request("POST", "/auth/login")
        .header("content-type", "application/json")
        .bytes(b"{\"email\":\"\xff\xfe\",\"password\":\"x\"}".to_vec())
        .send()
        .await
        .problem(400, "malformed_json");
}

#[rstest]
#[tokio::test]
async fn what_is_json_and_not_the_right_thing_is_422(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for text in [
        "[]",
        "\"text\"",
        "1",
        "null",
        "true",
        "{}",
        "{\"email\":1,\"password\":\"x\"}",
        "{\"email\":null,\"password\":\"x\"}",
        "{\"email\":[\"a@x.example\",\"b@x.example\"],\"password\":\"x\"}",
        "{\"email\":\"a@x.example\",\"password\":{\"$ne\":null}}",
        "{\"email\":\"a@x.example\",\"password\":\"x\",\"extra\":1}",
        "{\"email\":\"a@x.example\",\"password\":\"x\",\"rememberMe\":\"yes\"}",
        "{\"email\":\"a@x.example\"}",
        "{\"password\":\"x\"}",
    ] {
        let fields = app.post_text("/auth/login", text).await.invalid_fields();
        assert!(!fields.is_empty(), "{text}");
    }
}

#[rstest]
#[tokio::test]
async fn missing_credentials_are_401_with_a_challenge(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let none = app.request("GET", "/auth/me").send().await;
    assert!(!none.header("www-authenticate").contains("error="), "{none:?}");
    none.problem(401, "authentication_required");
    let bad = app.request("GET", "/auth/me").bearer("nonsense").send().await;
    assert!(bad.header("www-authenticate").contains("error=\"invalid_token\""), "{bad:?}");
    bad.problem(401, "invalid_access_token");
    for scheme in ["bearer", "BEARER", "BeArEr"] {
        let header = format!("{scheme} {}", jane.access);
        app.request("GET", "/auth/me").header("authorization", &header).send().await.ok(200);
    }
    let basic = app.request("GET", "/auth/me").header("authorization", "Basic amFuZTpqYW5l").send().await;
    assert_eq!(basic.status.as_u16(), 401);
    let in_url = app.request("GET", &format!("/auth/me?access_token={}", jane.access)).send().await;
    assert_eq!(in_url.status.as_u16(), 401);
}

#[rstest]
#[tokio::test]
async fn an_unknown_path_is_404_and_a_wrong_method_405(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for path in
        ["/nothing", "/auth", "/auth/", "/auth/login/", "//auth/login", "/auth/login%2f", "/%ff", "/auth/../auth/me"]
    {
        let answer = app.request("POST", path).json(&json!({})).send().await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{path}: {answer:?}");
    }
    app.request("GET", "/nothing").send().await.problem(404, "not_found");
    for (method, path, allow) in [
        ("GET", "/auth/login", "POST"),
        ("DELETE", "/auth/register", "POST"),
        ("PUT", "/auth/me", "DELETE, GET, HEAD, PATCH"),
        ("POST", "/dashboard", "GET, HEAD"),
        ("PATCH", "/auth/logout", "POST"),
    ] {
        let answer = app.request(method, path).send().await;
        let mut allowed: Vec<_> = answer.header("allow").split(", ").collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(", "), allow, "{path}");
        answer.problem(405, "method_not_allowed");
    }
}

#[rstest]
#[tokio::test]
async fn a_body_over_64_kib_is_413(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let body = |length: usize| format!("{{\"email\":\"a@x.example\",\"password\":\"{}\"}}", "x".repeat(length));
    app.post_text("/auth/login", &body(65_536)).await.problem(413, "body_too_large");
    app.post_text("/auth/login", &body(60_000)).await.invalid_fields();
    // Nor where no body is read.
    let jane = app.sign_up("jane@example.com").await;
    for (method, path) in [("POST", "/auth/logout-all"), ("GET", "/auth/me"), ("POST", "/nothing")] {
        let request = app.request(method, path).bearer(&jane.access).bytes(vec![b'x'; 70_000]);
        request.send().await.problem(413, "body_too_large");
    }
}

#[rstest]
#[tokio::test]
async fn another_media_type_is_415(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let body = json!({ "email": "jane@example.com", "password": PASSWORD }).to_string();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "nonsense",
    ] {
        let request = app.request("POST", "/auth/login").header("content-type", media_type).bytes(body.clone().into());
        request.send().await.problem(415, "unsupported_media_type");
    }
    app.request("POST", "/auth/login").bytes(body.clone().into()).send().await.problem(415, "unsupported_media_type");
    for media_type in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
        let request = app.request("POST", "/auth/login").header("content-type", media_type).bytes(body.clone().into());
        request.send().await.ok(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_header_too_large_is_431(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let long = "x".repeat(20_000);
    app.request("GET", "/auth/me").header("x-long", &long).send().await.problem(431, "headers_too_large");
    app.request("GET", "/auth/me").bearer(&long).send().await.problem(431, "headers_too_large");
}

#[rstest]
#[tokio::test]
async fn a_store_that_is_gone_is_503_and_nothing_fails_open(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.sql("ALTER TABLE sessions RENAME TO elsewhere").await;
    for answer in [
        app.me(&jane.access).await,
        app.refresh(&jane.refresh).await,
        app.log_in("jane@example.com").await,
        app.request("POST", "/auth/logout").bearer(&jane.access).send().await,
    ] {
        assert_ne!(answer.header("retry-after"), "", "{answer:?}");
        answer.problem(503, "unavailable");
    }
    app.sql("ALTER TABLE elsewhere RENAME TO sessions").await;
    app.me(&jane.access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn what_breaks_a_line_reaches_no_header(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    for id in ["abc-123", "a b", "<script>", &"x".repeat(200), ""] {
        let answer = app.request("GET", "/health/live").header("x-request-id", id).send().await;
        let echoed = answer.header("x-request-id").to_owned();
        assert_eq!(echoed == id, id == "abc-123", "{id:?} became {echoed:?}");
        assert!(!echoed.is_empty());
    }
}

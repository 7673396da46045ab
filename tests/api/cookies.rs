//! Cookies and the rule against forged requests (seeds 002, 004 layer 3).

use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, PASSWORD, TestApp};

fn credentials() -> serde_json::Value {
    json!({ "email": "jane@example.com", "password": PASSWORD, "useCookies": true })
}

#[rstest]
#[tokio::test]
async fn cookies_stand_in_for_the_tokens(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let answer = app.request("POST", "/auth/login").same_origin().json(&credentials()).send().await;
    let jar = answer.cookie_jar();
    for cookie in answer.cookies() {
        // That by which the browser is known outlives the session.
        let life = if cookie.starts_with("device=") { "Max-Age=34560000" } else { "Max-Age=2592000" };
        assert!(cookie.contains("; HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        assert!(cookie.contains("; Path=/") && cookie.contains(life), "{cookie}");
        assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    }
    assert!(answer.text.find("eyJ").is_none(), "a token in the body: {}", answer.text);
    answer.ok(200);
    assert!(jar.contains("token=eyJ") && jar.contains("refresh_token="), "{jar}");
    app.request("GET", "/auth/me").header("cookie", &jar).send().await.ok(200);
    app.request("GET", "/dashboard").header("cookie", &jar).send().await.ok(200);

    let answer = app.request("POST", "/auth/refresh").header("cookie", &jar).same_origin().send().await;
    let next = answer.cookie_jar();
    answer.ok(200);
    assert_ne!(next, jar);

    let answer = app.request("POST", "/auth/logout").header("cookie", &next).same_origin().send().await;
    let cleared = answer.cookies();
    answer.ok(200);
    assert_eq!(cleared.len(), 2, "{cleared:?}");
    assert!(cleared.iter().all(|cookie| cookie.contains("Max-Age=0")), "{cleared:?}");
    app.request("GET", "/auth/me").header("cookie", &next).send().await.problem(401, "session_ended");
}

#[rstest]
#[tokio::test]
async fn cookies_over_https_are_host_bound_and_secure(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("HTTP__PUBLIC_URL", "https://auth.example.com")]).await;
    app.sign_up("jane@example.com").await;
    let login = |origin: &'static str| app.request("POST", "/auth/login").header("origin", origin).json(&credentials());
    let answer = login("https://auth.example.com").send().await;
    let cookies = answer.cookies();
    answer.ok(200);
    assert!(cookies[0].starts_with("__Host-") && cookies[1].starts_with("__Host-"), "{cookies:?}");
    assert!(cookies.iter().all(|cookie| cookie.contains("; Secure")), "{cookies:?}");
    login("http://auth.example.com").send().await.problem(403, "csrf_rejected");
}

#[rstest]
#[tokio::test]
async fn no_cookie_is_longer_than_browsers_keep(#[values(Sqlite, Postgres)] on: Database) {
    // The longest of everything that a token says, signed with the longest signature.
    let origin = format!("https://{}.example.com", "a".repeat(63));
    let settings = [("HTTP__PUBLIC_URL", origin.as_str()), ("TOKENS__ALGORITHM", "RS256")];
    let app = TestApp::start_with(on, &settings).await;
    let domain = format!("{0}.{0}.{1}.example", "d".repeat(63), "e".repeat(52));
    let body = json!({
        "email": format!("{}@{domain}", "l".repeat(64)), "password": PASSWORD, "role": "CANDIDATE",
        "firstName": "\u{10345}".repeat(100), "lastName": "\u{10346}".repeat(100), "useCookies": true,
    });
    let answer = app.request("POST", "/auth/register").header("origin", &origin).json(&body).send().await;
    let cookies = answer.cookies();
    answer.ok(201);
    assert!(cookies.len() >= 2, "{cookies:?}");
    for cookie in cookies {
        let pair = cookie.split(';').next().expect("a name and a value");
        assert!(pair.len() <= 4096, "{} bytes: {pair}", pair.len());
    }
}

#[rstest]
#[tokio::test]
async fn not_remembered_means_gone_with_the_browser(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let mut body = credentials();
    body["rememberMe"] = json!(false);
    let answer = app.request("POST", "/auth/login").same_origin().json(&body).send().await;
    let first = answer.cookies();
    let refreshed =
        app.request("POST", "/auth/refresh").header("cookie", &answer.cookie_jar()).same_origin().send().await;
    for cookie in first.iter().chain(&refreshed.cookies()) {
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
}

#[rstest]
#[tokio::test]
async fn a_cookie_changes_nothing_for_another_site(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    // The sign-in itself: a forged one would sign the victim in as the attacker.
    for origin in [None, Some("https://evil.example"), Some("null"), Some("http://127.0.0.1:1")] {
        let mut request = app.request("POST", "/auth/login").json(&credentials());
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = request.send().await;
        assert!(answer.cookies().is_empty());
        answer.problem(403, "csrf_rejected");
    }
    let jar = app.request("POST", "/auth/login").same_origin().json(&credentials()).send().await.cookie_jar();
    for (method, path) in [
        ("POST", "/auth/refresh"),
        ("POST", "/auth/logout"),
        ("POST", "/auth/logout-all"),
        ("PATCH", "/auth/me"),
        ("DELETE", "/auth/sessions/00000000-0000-7000-8000-000000000000"),
        ("POST", "/refresh"),
        ("POST", "/logout"),
    ] {
        for (name, value) in [
            ("accept", "*/*"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "none"),
        ] {
            let request = app.request(method, path).header("cookie", &jar).header(name, value);
            request.json(&json!({})).send().await.problem(403, "csrf_rejected");
        }
    }
    app.request("GET", "/auth/me").header("cookie", &jar).send().await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_request_whose_credential_is_a_header_needs_no_origin(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let change = json!({ "firstName": "Janet" });
    app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await.ok(200);
    // The browser's own word that the request is from this site is enough, and so is a listed frontend.
    let login = app.request("POST", "/auth/login").json(&credentials()).header("sec-fetch-site", "same-origin");
    login.send().await.ok(200);
}

#[rstest]
#[tokio::test]
async fn the_header_counts_when_both_come(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let joe = app.sign_up("joe@example.com").await;
    let cookie = format!("token={}", jane.access);
    let both = |token: &str| app.request("GET", "/auth/me").header("cookie", &cookie).bearer(token);
    assert_eq!(both(&joe.access).send().await.ok(200)["user"]["email"], "joe@example.com");
    // A cookie of another program, in whatever bytes, hides none of ours.
    let beside =
        reqwest::header::HeaderValue::from_bytes(format!("theme=\u{e9}; {cookie}").as_bytes()).expect("a value");
    let answer = app.request("GET", "/auth/me").header_value("cookie", beside).send().await;
    assert_eq!(answer.ok(200)["user"]["email"], "jane@example.com");
    both("nonsense").send().await.problem(401, "invalid_access_token");
}

#[rstest]
#[tokio::test]
async fn a_listed_frontend_on_another_origin_may_use_cookies(#[values(Sqlite, Postgres)] on: Database) {
    let frontend = "https://app.example.com";
    let app = TestApp::start_with(on, &[("HTTP__CORS_ORIGINS", frontend)]).await;
    app.sign_up("jane@example.com").await;
    let answer = app.request("POST", "/auth/login").header("origin", frontend).json(&credentials()).send().await;
    assert_eq!(answer.header("access-control-allow-origin"), frontend);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    answer.ok(200);
    let stranger = app.request("GET", "/health/live").header("origin", "https://evil.example").send().await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    stranger.ok(200);
}

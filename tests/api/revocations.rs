//! What other services are told has ended.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_domain::Digest;
use futures_util::future::join;
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    app::{Database, Database::*, TestApp},
    jwt::{claims, header},
};

/// What a page says, its signature verified by the JWKS.
async fn verified(app: &TestApp, body: &Value) -> Value {
    let page = body["revocations"].as_str().expect("a page");
    let keys = app.request("GET", "/.well-known/jwks.json").send().await.body;
    let keys: JwkSet = serde_json::from_value(keys).expect("a JWKS");
    let header = header(page);
    assert_eq!(header["typ"], "revocations+jwt");
    let key = keys.find(header["kid"].as_str().expect("a kid")).expect("a key of the set");
    let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(key).expect("a key");
    jsonwebtoken::decode::<Value>(page, &key, &validation).expect("the signature is good").claims
}

async fn page(app: &TestApp, query: &str) -> Value {
    app.follow().await;
    verified(app, &app.request("GET", &format!("/auth/revocations{query}")).send().await.ok(200)).await
}

fn digest(token: &str, claim: &str) -> String {
    let id = claims(token)[claim].as_str().expect("an id").to_owned();
    URL_SAFE_NO_PAD.encode(Digest::of(id.as_bytes()).as_bytes())
}

#[rstest]
#[tokio::test]
async fn a_session_that_ended_is_told_by_its_digest(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let empty = page(&app, "").await;
    assert_eq!(empty["entries"], json!([]));
    assert_eq!(
        (&empty["iss"], &empty["after"], &empty["complete"]),
        (&json!(app.public_url()), &json!("0"), &json!(true))
    );
    assert_eq!(empty["retention"], 3632, "an hour of the longest token, thirty seconds of leeway, two of clocks apart");
    assert_eq!(empty["iat"], 1_767_268_800);

    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    let cursor = empty["next"].as_str().expect("a cursor");
    let told = page(&app, &format!("?after={cursor}")).await;
    assert_eq!(told["entries"], json!([{ "sid": digest(&jane.access, "sid") }]));
    let next = told["next"].as_str().expect("a cursor");
    assert_eq!(page(&app, &format!("?after={next}")).await["entries"], json!([]));
    assert_eq!(page(&app, "").await["entries"], told["entries"], "whoever begins is told all that matters");
}

#[rstest]
#[tokio::test]
async fn a_change_of_what_someone_may_do_is_told_by_subject_and_epoch(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let jane = app.sign_up("jane@example.com").await;
    let begin = page(&app, "").await["next"].as_str().expect("a cursor").to_owned();
    let path = format!("/auth/admin/users/{}", claims(&jane.access)["sub"].as_str().expect("an id"));
    let change = json!({ "role": "EMPLOYER", "company": "Tech Corp" });
    app.request("PATCH", &path).bearer(&admin.access).json(&change).send().await.ok(200);
    let epoch = claims(&jane.access)["epoch"].as_u64().expect("a number") + 1;
    let told = page(&app, &format!("?after={begin}")).await;
    assert_eq!(told["entries"], json!([{ "sub": digest(&jane.access, "sub"), "epoch": epoch }]));
}

#[rstest]
#[tokio::test]
async fn what_says_nothing_to_others_is_not_told(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.proven("jane@example.com").await;
    let begin = page(&app, "").await["next"].as_str().expect("a cursor").to_owned();
    let change = json!({ "firstName": "Joan" });
    app.request("PATCH", "/auth/me").bearer(&jane.access).json(&change).send().await.ok(200);
    app.log_in("jane@example.com").await.ok(200);
    app.refresh(&jane.refresh).await.ok(200);
    assert_eq!(page(&app, &format!("?after={begin}")).await["entries"], json!([]));
}

#[rstest]
#[tokio::test]
async fn an_entry_is_told_until_no_token_could_need_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    app.follow().await;
    let begin = page(&app, "").await;
    assert_eq!(begin["entries"].as_array().map(Vec::len), Some(1));
    app.advance_secs(3_633);
    app.purge().await;
    assert_eq!(app.rows("revocations").await, 0);
    // What is forgotten goes when something is told.
    let joan = app.sign_up("joan@example.com").await;
    app.request("POST", "/auth/logout").bearer(&joan.access).send().await.ok(200);
    let told = page(&app, "").await;
    assert_eq!(told["entries"], json!([{ "sid": digest(&joan.access, "sid") }]));
}

#[rstest]
#[tokio::test]
async fn who_waits_is_told_as_soon_as_there_is_something(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let begin = page(&app, "").await["next"].as_str().expect("a cursor").to_owned();
    let waiting =
        async { app.request("GET", &format!("/auth/revocations?after={begin}&wait=25")).send().await.ok(200) };
    let leaving = async {
        app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
        app.follow().await;
    };
    let (told, ()) = join(waiting, leaving).await;
    assert_eq!(verified(&app, &told).await["entries"], json!([{ "sid": digest(&jane.access, "sid") }]));
}

#[rstest]
#[tokio::test]
async fn a_stream_tells_one_page_after_the_other(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.follow().await;
    let mut stream = app.request("GET", "/auth/revocations").header("accept", "text/event-stream").open().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut event = async |text: &mut String| {
        while !text.contains("\n\n") {
            text.push_str(&String::from_utf8_lossy(&stream.chunk().await.expect("the stream").expect("more")));
        }
        let (event, rest) =
            text.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned())).expect("one");
        *text = rest;
        event
    };
    let first = event(&mut text).await;
    let page_of = |event: &str| {
        let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data").to_owned();
        json!({ "revocations": data })
    };
    assert_eq!(verified(&app, &page_of(&first)).await["entries"], json!([]));
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    app.follow().await;
    let second = event(&mut text).await;
    let told = verified(&app, &page_of(&second)).await;
    assert_eq!(told["entries"], json!([{ "sid": digest(&jane.access, "sid") }]));
    assert!(second.lines().any(|line| line == format!("id: {}", told["next"].as_str().expect("a cursor"))));

    let resumed = app.request("GET", "/auth/revocations").header("accept", "text/event-stream");
    let first_id = first.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
    let mut stream = resumed.header("last-event-id", &first_id).open().await;
    let mut event = String::new();
    while !event.contains("\n\n") {
        event.push_str(&String::from_utf8_lossy(&stream.chunk().await.expect("the stream").expect("more")));
    }
    assert_eq!(verified(&app, &page_of(event.trim_end())).await["entries"], told["entries"]);
}

#[rstest]
#[tokio::test]
async fn a_cursor_that_the_log_does_not_have_is_sent_back_to_the_beginning(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    for cursor in ["99999", "9007199254740991"] {
        let told = page(&app, &format!("?after={cursor}&wait=25")).await;
        assert_eq!((&told["after"], &told["next"]), (&json!(cursor), &json!("0")));
        assert_eq!((&told["entries"], &told["complete"]), (&json!([]), &json!(false)));
    }
    assert_eq!(page(&app, "?after=0").await["entries"].as_array().map(Vec::len), Some(1));
}

/// Nobody needs to be signed in to wait.
#[tokio::test]
async fn who_would_wait_beside_too_many_is_told_to_come_again() {
    let app = TestApp::start(Sqlite).await;
    app.follow().await;
    let others = app.crowd_the_feed().await;
    let stream = app.request("GET", "/auth/revocations").header("accept", "text/event-stream");
    for crowded in [app.request("GET", "/auth/revocations?wait=1"), stream] {
        let answer = crowded.send().await;
        assert_eq!(answer.header("retry-after"), "1");
        answer.problem(503, "overloaded");
    }
    app.request("GET", "/auth/revocations").send().await.ok(200);
    drop(others);
    app.request("GET", "/auth/revocations?wait=1").send().await.ok(200);
}

#[tokio::test]
async fn a_page_is_no_access_token_and_names_nobody() {
    let app = TestApp::start(Sqlite).await;
    let jane = app.sign_up("jane@example.com").await;
    app.request("POST", "/auth/logout").bearer(&jane.access).send().await.ok(200);
    app.follow().await;
    let answer = app.request("GET", "/auth/revocations").send().await;
    assert_eq!(answer.header("cache-control"), "public, max-age=1");
    let page = answer.ok(200)["revocations"].as_str().expect("a page").to_owned();
    app.me(&page).await.problem(401, "invalid_access_token");
    let told = claims(&page).to_string();
    for claim in ["sub", "sid"] {
        assert!(!told.contains(claims(&jane.access)[claim].as_str().expect("an id")));
    }
}

#[tokio::test]
async fn a_cursor_or_a_wait_that_is_none_is_refused() {
    let app = TestApp::start(Sqlite).await;
    for query in ["after=x", "after=-1", "wait=26", "wait=-1", "wait=1.5", "after=1&after=2", "since=1"] {
        app.request("GET", &format!("/auth/revocations?{query}")).send().await.problem(422, "validation_failed");
    }
}

#[tokio::test]
async fn nobody_is_told_less_than_there_is_while_the_database_is_away() {
    let app = TestApp::start(Sqlite).await;
    app.sql("ALTER TABLE revocation_position RENAME TO gone").await;
    app.sql("ALTER TABLE revocations RENAME TO gone_too").await;
    app.request("GET", "/auth/revocations").send().await.problem(503, "unavailable");
}

//! States that are kept and gone back to.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use doorward_testkit::server::{MailFilter, NewTestUser};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{PASSWORD, Stage, answer};

async fn name(stage: &Stage, access: &str) -> Value {
    answer(stage.request("GET", "/auth/me").bearer_auth(access)).await.1["user"]["firstName"].clone()
}

#[tokio::test]
async fn a_session_that_was_ended_after_the_snapshot_lives_again_and_one_that_was_begun_is_gone() {
    let stage = Stage::new().await;
    let (before, _) = stage.sign_up("jane@example.com").await;
    stage.keep("jane").await;
    let after = stage.server.sign_in("jane@example.com").await.expect("a session").access_token;
    // Both are remembered by now: nothing of the log tells of a session that was begun.
    assert_eq!((stage.me(&before).await, stage.me(&after).await), (200, 200));
    stage.restore("jane").await;
    assert_eq!((stage.me(&before).await, stage.me(&after).await), (200, 401));

    assert_eq!(answer(stage.request("POST", "/auth/logout").bearer_auth(&before)).await.0, 200);
    assert_eq!(stage.me(&before).await, 401);
    stage.restore("jane").await;
    assert_eq!(stage.me(&before).await, 200);
}

#[tokio::test]
async fn everything_is_as_it_was_users_tokens_mails_and_the_clock() {
    let stage = Stage::new().await;
    let (access, refresh) = stage.sign_up("jane@example.com").await;
    let clock = stage.order("/clock", &json!({ "running": false })).await;
    let verify = stage.look("/mails/latest").await;
    stage.keep("jane").await;

    let renamed = stage.request("PATCH", "/auth/me").bearer_auth(&access).json(&json!({ "firstName": "Ann" }));
    assert_eq!(answer(renamed).await.0, 200);
    assert_eq!(name(&stage, &access).await, "Ann");
    assert_eq!(stage.post("/auth/verify-email", &json!({ "token": verify["token"] })).await.0, 200);
    assert_eq!(stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await.0, 200);
    stage.sign_up("john@example.com").await;
    stage.control(Method::DELETE, "/mails", None).await;
    stage.order("/clock", &json!({ "advance": "30d" })).await;
    assert_eq!(stage.me(&access).await, 401);

    stage.restore("jane").await;
    assert_eq!(stage.look("/clock").await, clock);
    assert_eq!(name(&stage, &access).await, "Jane");
    assert_eq!(stage.look("/mails").await["mails"], json!([verify]));
    assert_eq!(stage.post("/auth/verify-email", &json!({ "token": verify["token"] })).await.0, 200);
    assert_eq!(stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await.0, 200);
    assert_eq!(stage.log_in("john@example.com", PASSWORD).await.0, 401);
}

#[tokio::test]
async fn the_keys_are_those_of_the_snapshot() {
    let stage = Stage::new().await;
    let (before, _) = stage.sign_up("jane@example.com").await;
    stage.keep("jane").await;
    for _ in 0..3 {
        stage.order("/clock", &json!({ "advance": "90d" })).await;
    }
    // Signed by a key that is none any more after this.
    let (after, _) = stage.sign_up("john@example.com").await;
    assert_eq!(stage.me(&after).await, 200);
    stage.restore("jane").await;
    assert_eq!((stage.me(&before).await, stage.me(&after).await), (200, 401));
    let (again, _) = stage.sign_up("john@example.com").await;
    assert_eq!(stage.me(&again).await, 200);
}

#[tokio::test]
async fn a_reset_leaves_nobody_and_the_snapshots() {
    let stage = Stage::new().await;
    let (access, _) = stage.sign_up("jane@example.com").await;
    stage.keep("jane").await;
    stage.order("/reset", &Value::Null).await;
    assert_eq!(stage.me(&access).await, 401);
    assert_eq!(stage.look("/mails").await["mails"], json!([]));
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 401);
    stage.sign_up("jane@example.com").await;
    assert_eq!(stage.look("/snapshots").await["snapshots"], json!(["jane"]));
    stage.restore("jane").await;
    assert_eq!(stage.me(&access).await, 200);
}

#[tokio::test]
async fn a_name_stands_for_the_state_that_it_was_given_last() {
    let stage = Stage::new().await;
    stage.keep("a").await;
    stage.sign_up("jane@example.com").await;
    stage.keep("a").await;
    stage.keep("b").await;
    stage.order("/reset", &Value::Null).await;
    stage.restore("a").await;
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 200);
    assert_eq!(stage.control(Method::DELETE, "/snapshots/a", None).await.0, 204);
    assert_eq!(stage.look("/snapshots").await["snapshots"], json!(["b"]));
    for (method, path) in [(Method::POST, "/snapshots/a/restore"), (Method::DELETE, "/snapshots/a")] {
        assert_eq!(stage.control(method, path, None).await.0, 404, "{path}");
    }
}

/// Whoever reads the feed of revocations is told that it is another log, however the clock was put.
#[tokio::test]
async fn readers_of_the_feed_begin_anew_after_a_restore() {
    let stage = Stage::new().await;
    stage.order("/clock", &json!({ "running": false })).await;
    let end_one = async || {
        let (access, _) = stage.sign_up("jane@example.com").await;
        assert_eq!(answer(stage.request("POST", "/auth/logout").bearer_auth(&access)).await.0, 200);
    };
    // Asked with a place of this log it waits until there is more; with another it does not.
    let next = async |after: &str| {
        let page = stage.request("GET", &format!("/auth/revocations?after={after}&wait=25")).send();
        let page = page.await.expect("an answer").text().await.expect("a page");
        payload(&page)["next"].as_str().expect("a place").to_owned()
    };
    let begun = answer(stage.request("GET", "/auth/revocations")).await.1;
    let begun = payload(&begun.to_string())["next"].as_str().expect("a place").to_owned();
    stage.keep("nobody").await;
    end_one().await;
    let before = next(&begun).await;
    stage.restore("nobody").await;
    // The same at the same moment: and still it is another place.
    end_one().await;
    let after = next(&begun).await;
    assert!(before != begun && after != begun, "there was more: {begun} {before} {after}");
    assert_ne!(before, after);
    assert_eq!(next(&before).await, "0", "the place of before is none of this log");
}

/// What a signed page says.
fn payload(page: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let body: Value = serde_json::from_str(page).expect("JSON");
    let token = body["revocations"].as_str().expect("a page");
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restores_among_requests_break_nothing() {
    let stage = Stage::new().await;
    let (access, refresh) = stage.sign_up("jane@example.com").await;
    stage.keep("jane").await;
    let enough = AtomicBool::new(false);
    let ask = async |n: usize| {
        let mut asked = 0;
        while !enough.load(Ordering::Relaxed) || asked == 0 {
            let (status, body) = match (n + asked) % 5 {
                0 => stage.log_in("jane@example.com", PASSWORD).await,
                1 => stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await,
                2 => {
                    let email = format!("{n}-{asked}@example.com");
                    let person = json!({ "email": email, "password": PASSWORD, "firstName": "A", "lastName": "B" });
                    stage.post("/auth/register", &person).await
                }
                3 => {
                    let change = json!({ "firstName": format!("Jane {asked}") });
                    answer(stage.request("PATCH", "/auth/me").bearer_auth(&access).json(&change)).await
                }
                _ => stage.post("/auth/forgot-password", &json!({ "email": "jane@example.com" })).await,
            };
            // On a slow machine it may be too much at once, which is told as such.
            assert!(status < 500 || status == 503, "{status} {body}");
            asked += 1;
        }
    };
    let go_back = async {
        for round in 0..12 {
            if round % 4 == 0 {
                stage.keep("other").await;
            }
            stage.restore("jane").await;
        }
        enough.store(true, Ordering::Relaxed);
    };
    tokio::join!(go_back, ask(0), ask(1), ask(2));
    stage.restore("jane").await;
    assert_eq!((stage.me(&access).await, name(&stage, &access).await), (200, json!("Jane")));
    assert_eq!(stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await.0, 200);
    assert_eq!(stage.look("/mails").await["mails"].as_array().map(Vec::len), Some(1));
}

/// How long it takes is told with `--nocapture`, and no promise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_of_many_users_is_gone_back_to() {
    /// To measure, build it for release and make it 10,000.
    const MANY: usize = 1_000;
    let stage = Stage::new().await;
    let server = &stage.server;
    let timed = |what: &str, begun: Instant| println!("{what}: {:?}", begun.elapsed());
    let users: Vec<_> = (0..MANY).map(|n| NewTestUser::new(&format!("user{n}@example.com"))).collect();
    let begun = Instant::now();
    for users in users.chunks(500) {
        server.create_users(users).await.expect("they are made");
    }
    timed("made", begun);
    let begun = Instant::now();
    server.snapshot("all").await.expect("kept");
    timed("kept", begun);
    for round in 0..5 {
        let late = format!("late{round}@example.com");
        stage.sign_up(&late).await;
        let begun = Instant::now();
        server.restore("all").await.expect("restored");
        timed("gone back", begun);
        assert_eq!(stage.log_in(&late, PASSWORD).await.0, 401);
    }
    let begun = Instant::now();
    server.reset().await.expect("reset");
    timed("reset", begun);
    assert_eq!(stage.log_in("user999@example.com", PASSWORD).await.0, 401);
    server.restore("all").await.expect("restored");
    assert_eq!(stage.log_in("user999@example.com", PASSWORD).await.0, 200);
    let none = server.wait_for_mail(&MailFilter::to("late0@example.com"), Duration::from_millis(1)).await;
    assert!(none.expect("an answer").is_none());
}

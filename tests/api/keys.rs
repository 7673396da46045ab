//! The keys that access tokens are signed with, over their whole life.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::{Database, Database::*, SignedIn, TestApp},
    jwt::{claims, header},
};

/// `keys.cache_life` and `keys.skew`.
const NOTICE: u64 = 300 + 30;
/// `keys.skew`, `tokens.access_ttl` and the leeway of others.
const AFTERLIFE: u64 = 30 + 600 + 30;
const DAY: u64 = 24 * 3600;

fn kid(token: &str) -> String {
    header(token)["kid"].as_str().expect("a kid").to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The ids of the published keys, by when they sign.
async fn published(app: &TestApp) -> Vec<String> {
    let keys = app.request("GET", "/.well-known/jwks.json").send().await.body;
    keys["keys"].as_array().expect("keys").iter().map(|key| text(&key["kid"])).collect()
}

async fn post(app: &TestApp, admin: &SignedIn, path: &str) -> Answer {
    app.request("POST", &format!("/auth/admin/keys/{path}")).bearer(&admin.access).send().await
}

/// Id and state of each key, the one that signs last first.
async fn states(app: &TestApp, admin: &SignedIn) -> Vec<(String, String)> {
    let listed = app.request("GET", "/auth/admin/keys").bearer(&admin.access).send().await.ok(200);
    listed["keys"].as_array().expect("keys").iter().map(|key| (text(&key["kid"]), text(&key["state"]))).collect()
}

fn state(kid: &str, state: &str) -> (String, String) {
    (kid.to_owned(), state.to_owned())
}

#[rstest]
#[tokio::test]
async fn the_next_key_is_published_before_it_signs_and_the_last_one_after(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let first = kid(&admin.access);
    let rotated = post(&app, &admin, "rotate").await.ok(200);
    let next = text(&rotated["keys"][0]["kid"]);
    assert_eq!(states(&app, &admin).await, [state(&next, "published"), state(&first, "signing")]);
    assert_eq!(published(&app).await, [first.clone(), next.clone()]);
    post(&app, &admin, "rotate").await.problem(409, "key_rotation_pending");

    app.advance_secs(NOTICE - 1);
    let last = app.sign_up("jane@example.com").await;
    assert_eq!(kid(&last.access), first);
    app.advance_secs(1);
    let new = app.sign_up("max@example.com").await;
    assert_eq!(kid(&new.access), next);
    for token in [&last.access, &new.access] {
        app.me(token).await.ok(200);
    }
    app.advance_secs(598);
    app.me(&last.access).await.ok(200);

    app.advance_secs(AFTERLIFE - 598 - 1);
    app.tend_keys().await;
    assert_eq!(published(&app).await, [first.clone(), next.clone()]);
    app.advance_secs(1);
    app.tend_keys().await;
    assert_eq!(published(&app).await, std::slice::from_ref(&next));
    let admin = app.signed_in("root@example.com").await;
    assert_eq!(states(&app, &admin).await, [state(&next, "signing"), state(&first, "retired")]);
    assert_eq!(app.texts("SELECT id FROM signing_keys WHERE sealed IS NOT NULL").await, [next], "the other is wiped");
}

#[rstest]
#[tokio::test]
async fn the_list_says_what_the_documentation_says(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let listed = post(&app, &admin, "rotate").await.ok(200);
    let [next, first] = listed["keys"].as_array().expect("keys").as_slice() else { panic!("two keys") };
    let mut expected = json!({
        "kid": kid(&admin.access), "algorithm": "ES256", "state": "signing",
        "publishedAt": "2026-01-01T12:00:00Z", "signsFrom": "2026-01-01T12:00:00Z",
        "signsUntil": "2026-01-01T12:05:30Z", "retiresAt": "2026-01-01T12:16:30Z", "revokedAt": null,
    });
    assert_eq!(*first, expected);
    expected["kid"] = next["kid"].clone();
    expected["state"] = json!("published");
    expected["signsFrom"] = json!("2026-01-01T12:05:30Z");
    (expected["signsUntil"], expected["retiresAt"]) = (Value::Null, Value::Null);
    assert_eq!(*next, expected);

    let path = format!("{}/revoke", next["kid"].as_str().expect("a kid"));
    let revoked = post(&app, &admin, &path).await.ok(200);
    assert_eq!(revoked["keys"][0]["revokedAt"], "2026-01-01T12:00:00Z");
    let events = app.request("GET", "/auth/admin/audit-events?type=key_revoked").bearer(&admin.access).send().await;
    let events = events.ok(200);
    let [event] = events["events"].as_array().expect("events").as_slice() else { panic!("{events}") };
    assert_eq!((&event["detail"], &event["actorId"]), (&next["kid"], &claims(&admin.access)["sub"]));
}

#[rstest]
#[tokio::test]
async fn what_a_revoked_key_signed_is_dead_at_once_and_a_refresh_mends_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let beside = app.beside().await;
    for node in [&app, &beside] {
        node.follow().await;
    }
    let admin = app.admin("root@example.com").await;
    let jane = app.sign_up("jane@example.com").await;
    for node in [&app, &beside] {
        node.me(&jane.access).await.ok(200);
    }
    let first = kid(&admin.access);
    post(&app, &admin, "nobodys/revoke").await.problem(404, "not_found");
    let left = post(&app, &admin, &format!("{first}/revoke")).await.ok(200);
    app.me(&jane.access).await.problem(401, "invalid_access_token");
    app.me(&admin.access).await.problem(401, "invalid_access_token");
    beside.follow().await;
    beside.me(&jane.access).await.problem(401, "invalid_access_token");
    let second = text(&left["keys"][0]["kid"]);
    for node in [&app, &beside] {
        assert_eq!(published(node).await, std::slice::from_ref(&second));
    }

    let renewed = beside.refresh(&jane.refresh).await.ok(200);
    let renewed = text(&renewed["tokens"]["accessToken"]);
    assert_eq!(kid(&renewed), second);
    app.me(&renewed).await.ok(200);
    app.follow().await;
    let page = app.request("GET", "/auth/revocations").send().await.ok(200);
    let page = text(&page["revocations"]);
    assert_eq!((kid(&page), &claims(&page)["entries"]), (second, &json!([{ "kid": first }])));
}

#[rstest]
#[tokio::test]
async fn a_revocation_with_an_idempotency_key_is_in_force_when_it_is_answered(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    let path = format!("/auth/admin/keys/{}/revoke", kid(&admin.access));
    let revoke = app.request("POST", &path).bearer(&admin.access).header("idempotency-key", "once");
    revoke.send().await.ok(200);
    app.me(&admin.access).await.problem(401, "invalid_access_token");
}

#[rstest]
#[tokio::test]
async fn after_a_change_of_algorithm_the_old_key_signs_until_the_new_one_is_known(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let issuer = app.public_url();
    let app = app.restart_with(&[("TOKENS__ALGORITHM", "EdDSA"), ("TOKENS__ISSUER", &issuer)]).await;
    app.me(&jane.access).await.ok(200);
    let max = app.sign_up("max@example.com").await;
    assert_eq!((header(&max.access)["alg"].clone(), kid(&max.access)), (json!("ES256"), kid(&jane.access)));
    assert_eq!(published(&app).await.len(), 2);
    app.advance_secs(NOTICE);
    let joan = app.sign_up("joan@example.com").await;
    assert_eq!(header(&joan.access)["alg"], "EdDSA");
    for token in [&jane.access, &max.access, &joan.access] {
        app.me(token).await.ok(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_restart_changes_no_key(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let admin = app.admin("root@example.com").await;
    post(&app, &admin, "rotate").await.ok(200);
    let (before, issuer) = (states(&app, &admin).await, app.public_url());
    let app = app.restart_with(&[("TOKENS__ISSUER", &issuer)]).await;
    assert_eq!(states(&app, &admin).await, before);
    app.advance_secs(NOTICE);
    let new = app.signed_in("root@example.com").await;
    assert_eq!(kid(&new.access), before[0].0);
}

#[rstest]
#[tokio::test]
async fn a_key_gives_way_when_it_is_old_enough(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("KEYS__ROTATE_AFTER", "1d"), ("KEYS__CACHE_LIFE", "1m")]).await;
    let first = kid(&app.sign_up("jane@example.com").await.access);
    let keys = app.request("GET", "/.well-known/jwks.json").send().await;
    let kept = keys.header("cache-control").strip_prefix("public, max-age=").and_then(|life| life.parse().ok());
    assert!(kept.is_some_and(|kept: u32| (1..=60).contains(&kept)), "{keys:?}");
    app.advance_secs(DAY - 90 - 1);
    app.tend_keys().await;
    assert_eq!(published(&app).await, std::slice::from_ref(&first));
    app.advance_secs(1);
    app.tend_keys().await;
    let both = published(&app).await;
    assert_eq!((both.len(), &both[0]), (2, &first));
    app.advance_secs(89);
    assert_eq!(kid(&app.signed_in("jane@example.com").await.access), first);
    app.advance_secs(1);
    assert_eq!(kid(&app.signed_in("jane@example.com").await.access), both[1]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_on_one_empty_database_make_one_key(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sql("DELETE FROM signing_keys").await;
    let nodes = tokio::join!(app.beside(), app.beside(), app.beside(), app.beside());
    assert_eq!(app.rows("signing_keys").await, 1);
    let ids = app.texts("SELECT id FROM signing_keys").await;
    for node in [nodes.0, nodes.1, nodes.2, nodes.3] {
        assert_eq!(published(&node).await, ids);
    }
}

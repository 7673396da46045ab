//! What is measured, where it is published, and what the dashboard, the alerts and the docs make of it.

use std::{collections::BTreeSet, fs, path::Path};

use regex::Regex;
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

use crate::app::{Database, Database::*, PASSWORD, TestApp, person};

const PUBLISHED: [(&str, &str); 1] = [("METRICS__ADDRESS", "127.0.0.1:0")];

/// The line of a sample, or nothing.
fn sample<'t>(text: &'t str, series: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

#[track_caller]
fn assert_sample(text: &str, series: &str, value: &str) {
    assert_eq!(sample(text, series), Some(value), "{series} in {text}");
}

/// Signs in, once with a wrong password, refreshes, repeats it, reuses, and asks for what is not there.
async fn do_a_bit_of_everything(app: &TestApp) {
    app.sign_up("jane@example.com").await;
    let jane = app.signed_in("jane@example.com").await;
    let wrong = json!({ "email": "jane@example.com", "password": "wrong but secret" });
    app.post("/auth/login", &wrong).await.problem(401, "invalid_credentials");
    app.follow().await;
    for _ in 0..3 {
        app.me(&jane.access).await.ok(200);
    }
    app.refresh(&jane.refresh).await.ok(200);
    app.refresh(&jane.refresh).await.ok(200);
    app.advance_secs(11);
    app.refresh(&jane.refresh).await.problem(401, "refresh_token_reused");
    app.refresh("nonsense").await.problem(401, "invalid_refresh_token");
    app.request("GET", "/no/such/path-of-jane").send().await.problem(404, "not_found");
    app.request("PUT", "/auth/me").send().await.problem(405, "method_not_allowed");
    app.request("JANE", "/auth/me").send().await.problem(405, "method_not_allowed");
}

#[rstest]
#[tokio::test]
async fn what_happened_is_counted_under_what_came_of_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &PUBLISHED).await;
    do_a_bit_of_everything(&app).await;
    let text = app.scrape().await;
    for (series, value) in [
        ("doorward_sign_ins_total{outcome=\"signed_in\"}", "1"),
        ("doorward_sign_ins_total{outcome=\"invalid_credentials\"}", "1"),
        ("doorward_sign_ins_total{outcome=\"fault\"}", "0"),
        ("doorward_sign_ups_total{outcome=\"signed_in\"}", "1"),
        ("doorward_refreshes_total{outcome=\"rotated\"}", "1"),
        ("doorward_refreshes_total{outcome=\"repeated\"}", "1"),
        ("doorward_refreshes_total{outcome=\"reused\"}", "1"),
        ("doorward_refreshes_total{outcome=\"invalid\"}", "1"),
        ("doorward_http_requests_total{route=\"/auth/login\",method=\"POST\",status=\"200\"}", "1"),
        ("doorward_http_requests_total{route=\"/auth/login\",method=\"POST\",status=\"401\"}", "1"),
        ("doorward_http_requests_total{route=\"/auth/me\",method=\"GET\",status=\"200\"}", "3"),
        ("doorward_http_requests_total{route=\"/auth/me\",method=\"PUT\",status=\"405\"}", "1"),
        ("doorward_http_requests_total{route=\"/auth/me\",method=\"other\",status=\"405\"}", "1"),
        ("doorward_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"}", "1"),
        ("doorward_http_request_duration_seconds_count{route=\"/auth/me\",method=\"GET\"}", "3"),
        ("doorward_http_request_duration_seconds_bucket{le=\"+Inf\",route=\"/auth/me\",method=\"GET\"}", "3"),
        ("doorward_http_requests_in_flight", "0"),
        // A sign-up and two sign-ins.
        ("doorward_hash_duration_seconds_count", "3"),
        ("doorward_hash_queue_waiting", "0"),
        ("doorward_hashes_at_work", "0"),
        ("doorward_hashes_refused_total", "0"),
        ("doorward_database_up", "1"),
        ("doorward_database_connections_max", "10"),
        ("doorward_outbox_waiting", "1"),
        ("doorward_outbox_parked", "0"),
        ("doorward_outbox_oldest_waiting_seconds", "11.0"),
        ("doorward_signing_keys{state=\"signing\"}", "1"),
        ("doorward_signing_key_age_seconds", "11.0"),
    ] {
        assert_sample(&text, series, value);
    }
    let number = |series: &str| -> f64 {
        sample(&text, series).unwrap_or_else(|| panic!("no {series} in {text}")).parse().expect("a number")
    };
    assert!(number("doorward_gate_hits_total") + number("doorward_gate_misses_total") >= 3.0, "{text}");
    assert!(number("doorward_gate_hits_total") >= 1.0, "{text}");
    assert!(number("doorward_signing_key_next_step_seconds") > 0.0);
    assert!(number("doorward_database_connections") >= 1.0);
    assert!(number("doorward_database_wait_seconds_count") >= 3.0);
    assert!(number("process_resident_memory_bytes") > 1e6);
    assert!(text.contains(&format!("doorward_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn measurements_name_nobody_and_nothing_that_a_client_has_made_up() {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    do_a_bit_of_everything(&app).await;
    let body = app.log_in("jane@example.com").await.ok(200);
    let text = app.scrape().await.to_lowercase();
    let id = body["user"]["id"].as_str().expect("an id");
    for word in ["jane", "example.com", "doe", "127.0.0.1", "such", "nonsense", PASSWORD, id] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    let uuid = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-").expect("a pattern");
    assert!(!uuid.is_match(&text), "{text}");
}

#[tokio::test]
async fn the_number_of_series_does_not_grow_with_what_clients_ask_for() {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    let ask = async |n: usize| {
        app.request("GET", &format!("/nothing/{n}")).send().await.problem(404, "not_found");
        app.request(&format!("METHOD{n}"), "/auth/me").send().await.problem(405, "method_not_allowed");
        app.request("DELETE", &format!("/auth/sessions/{n}")).send().await;
    };
    ask(0).await;
    let before = app.scrape().await.lines().count();
    for n in 1..50 {
        ask(n).await;
    }
    assert_eq!(app.scrape().await.lines().count(), before);
}

#[tokio::test]
async fn they_are_published_on_their_own_listener_and_that_serves_nothing_else() {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    app.request("GET", "/metrics").send().await.problem(404, "not_found");
    let client = reqwest::Client::new();
    let url = app.metrics_url().expect("a listener");
    let answer = client.get(format!("{url}/metrics")).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for path in ["/", "/auth/me", "/health/live", "/metrics/", "/login", "/.well-known/jwks.json"] {
        let answer = client.get(format!("{url}{path}")).send().await.expect("an answer");
        assert_eq!(
            (answer.status(), answer.text().await.expect("text").as_str()),
            (StatusCode::NOT_FOUND, ""),
            "{path}"
        );
    }
    let posted = client.post(format!("{url}/metrics")).send().await.expect("an answer");
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn without_an_address_nothing_is_published() {
    let app = TestApp::start(Sqlite).await;
    assert_eq!(app.metrics_url(), None);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told_of_and_what_was_known_of_it_stays() {
    let app = TestApp::start_with(Postgres, &PUBLISHED).await;
    app.sign_up("jane@example.com").await;
    assert_sample(&app.scrape().await, "doorward_outbox_waiting", "1");
    let held = app.hold("outbox").await;
    let text = app.scrape().await;
    assert_sample(&text, "doorward_database_up", "0");
    assert_sample(&text, "doorward_outbox_waiting", "1");
    assert_sample(&text, "doorward_sign_ups_total{outcome=\"signed_in\"}", "1");
    held.rollback().await.expect("it was held");
    assert_sample(&app.scrape().await, "doorward_database_up", "1");
}

#[tokio::test]
async fn tables_that_are_gone_are_told_of_too() {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    app.sql("DROP TABLE outbox").await;
    assert_sample(&app.scrape().await, "doorward_database_up", "0");
}

fn docs(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file);
    fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn names(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:doorward|process)_[a-z_]+[a-z]").expect("a pattern");
    name.find_iter(text).map(|name| name.as_str().to_owned()).collect()
}

/// Everything that stands under a key of this name, however deep.
fn texts_of<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get(key).and_then(Value::as_str));
            members.values().for_each(|value| texts_of(value, key, found));
        }
        Value::Array(values) => values.iter().for_each(|value| texts_of(value, key, found)),
        _ => {}
    }
}

/// The names of all samples, and those of all families, as a server publishes them that has something to tell.
async fn published() -> (BTreeSet<String>, BTreeSet<String>) {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    do_a_bit_of_everything(&app).await;
    let text = app.scrape().await;
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let samples = samples.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect();
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    (samples, families.map(str::to_owned).collect())
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_use_what_is_published() {
    let (samples, _) = published().await;
    let dashboard: Value = serde_json::from_str(&docs("operations/grafana-dashboard.json")).expect("JSON");
    let mut queries = Vec::new();
    texts_of(&dashboard, "expr", &mut queries);
    assert!(queries.len() > 10, "{queries:?}");
    let alerts = docs("operations/alerts.yml");
    let alerts: Vec<_> = alerts.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    for (file, text) in [("the dashboard", queries.join("\n")), ("the alerts", alerts.join("\n"))] {
        let used = names(&text);
        assert!(used.len() > 8, "{file}: {used:?}");
        let unknown: Vec<_> = used.difference(&samples).collect();
        assert!(unknown.is_empty(), "{file} names what nobody publishes: {unknown:?}");
    }
}

#[tokio::test]
async fn the_docs_name_each_measurement_and_no_other() {
    let (samples, families) = published().await;
    let page = names(&docs("topics/observability.md"));
    let known: BTreeSet<_> = samples.union(&families).cloned().collect();
    let unknown: Vec<_> = page.difference(&known).collect();
    assert!(unknown.is_empty(), "docs/topics/observability.md names what nobody publishes: {unknown:?}");
    let told = |family: &&String| {
        [family.as_str().to_owned(), format!("{family}_total"), format!("{family}_info")]
            .iter()
            .any(|name| page.contains(name))
    };
    let untold: Vec<_> = families.iter().filter(|family| !told(family)).collect();
    assert!(untold.is_empty(), "docs/topics/observability.md lacks {untold:?}");
}

#[tokio::test]
async fn a_sign_up_that_is_refused_is_counted_as_one() {
    let app = TestApp::start_with(Sqlite, &PUBLISHED).await;
    app.sign_up("jane@example.com").await;
    app.post("/auth/register", &person("jane@example.com")).await.problem(400, "user_already_exists");
    assert_sample(&app.scrape().await, "doorward_sign_ups_total{outcome=\"user_already_exists\"}", "1");
}

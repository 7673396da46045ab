//! A change of the master secret, with everything in place that depends on it.

use std::process::Command;

use doorward::{serve::start, wire::Wiring};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    app::{Database, Database::*, SignedIn, TestApp, person, test_settings},
    jwt::tokens,
    processes::binary,
};

const OLD: &str = "the master secret of the first years, long enough";
const NEW: &str = "the master secret that comes after it, long enough";

/// The settings of a node.
fn under<'a>(master: &'a str, previous: &'a str) -> [(&'a str, &'a str); 3] {
    let previous = if previous.is_empty() { ("SECRETS__PREVIOUS", "") } else { ("SECRETS__PREVIOUS_FILE", previous) };
    // Access tokens stay good when the server comes back on another port.
    [("SECRETS__MASTER", master), previous, ("TOKENS__ISSUER", "doorward")]
}

/// A file with a secret.
struct InFile(tempfile::NamedTempFile);

impl InFile {
    fn new(secret: &str) -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), format!("{secret}\n")).expect("it is written");
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("a path")
    }
}

/// `doorward secrets reseal`, beside the server.
fn reseal(app: &TestApp, settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(binary());
    command.args(["secrets", "reseal"]).env("DOORWARD__DATABASE__URL", app.database_url());
    command.envs(settings.iter().map(|(key, value)| (format!("DOORWARD__{key}"), value)));
    let ran = command.output().expect("it runs");
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).expect("text")
}

/// Why a server with these settings does not start.
async fn refusal(app: &TestApp, settings: &[(&str, &str)]) -> String {
    let wiring = Wiring { background: false, ..Wiring::default() };
    let refused = start(&test_settings(app.database_url(), settings), &wiring).await;
    format!("{:#}", refused.err().expect("it does not start"))
}

/// What was done before the change.
struct Before {
    root: SignedIn,
    jane: SignedIn,
    answer: String,
    cursor: String,
    second: Value,
}

impl Before {
    async fn the_change_on(app: &TestApp) -> Self {
        let root = app.admin("root@example.com").await;
        let jane = app.sign_up("jane@example.com").await;
        let answer = sign_up_with_key(app).await;
        assert_eq!(answer.0, "");
        let first = users(app, &root, "").await;
        let cursor = first["nextCursor"].as_str().expect("a cursor").to_owned();
        let second = users(app, &root, &format!("&cursor={cursor}")).await["users"][0]["id"].take();
        fail_to_sign_in(app).await;
        Self { root, jane, answer: answer.1, cursor, second }
    }

    /// Asserts that all of it is as good as it was.
    async fn holds_on(&mut self, app: &TestApp) {
        app.me(&self.jane.access).await.ok(200);
        let refreshed = app.refresh(&self.jane.refresh).await.ok(200);
        (self.jane.access, self.jane.refresh) = tokens(&refreshed);
        assert_eq!(sign_up_with_key(app).await, ("true".to_owned(), self.answer.clone()));
        let second = users(app, &self.root, &format!("&cursor={}", self.cursor)).await["users"][0]["id"].take();
        assert_eq!(second, self.second);
        fail_to_sign_in(app).await;
        let digests = "SELECT kind FROM audit_events WHERE kind = 'sign_in_failed' GROUP BY kind, identifier";
        assert_eq!(app.texts(digests).await.len(), 1);
    }
}

async fn users(app: &TestApp, root: &SignedIn, more: &str) -> Value {
    let path = format!("/auth/admin/users?limit=1{more}");
    app.request("GET", &path).bearer(&root.access).send().await.ok(200)
}

/// The same sign-up each time. Returns whether it was answered before, and the answer.
async fn sign_up_with_key(app: &TestApp) -> (String, String) {
    let request = app.request("POST", "/auth/register").header("idempotency-key", "key-1");
    let answer = request.json(&person("john@example.com")).send().await;
    let replayed = answer.header("idempotency-replayed").to_owned();
    let text = answer.text.clone();
    answer.ok(201);
    (replayed, text)
}

async fn fail_to_sign_in(app: &TestApp) {
    let login = json!({ "email": "jane@example.com", "password": "not the one" });
    app.post("/auth/login", &login).await.problem(401, "invalid_credentials");
}

/// Follows the link that was mailed at the beginning.
async fn prove_address(app: &TestApp) {
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    app.post("/auth/verify-email", &json!({ "token": token })).await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_by_a_change_of_the_master_secret(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(true, false)] mail_goes_before_the_reseal: bool,
) {
    let (old, new) = (InFile::new(OLD), InFile::new(NEW));
    let app = TestApp::start_with(on, &under(OLD, "")).await;
    let mut before = Before::the_change_on(&app).await;
    let told = refusal(&app, &under(NEW, "")).await;
    assert!(told.contains("the key ") && told.contains("secrets.previous"), "{told}");

    let app = app.restart_with(&under(OLD, new.path())).await;
    before.holds_on(&app).await;
    let app = app.restart_with(&under(NEW, old.path())).await;
    before.holds_on(&app).await;
    if mail_goes_before_the_reseal {
        prove_address(&app).await;
    }
    let told = reseal(&app, &under(NEW, old.path()));
    assert!(told.contains("secrets.previous may be removed"), "{told}");
    before.holds_on(&app).await;
    let app = app.restart_with(&under(NEW, "")).await;
    before.holds_on(&app).await;
    if !mail_goes_before_the_reseal {
        prove_address(&app).await;
    }
    app.deliver().await;
    assert_eq!(app.outbox_kinds().await, [""; 0], "every mail goes");

    let told = refusal(&app, &under(OLD, "")).await;
    assert!(told.contains("the key ") && told.contains("secrets.previous"), "{told}");
    before.holds_on(&app).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_digested_before_the_key_was_stored_is_digested_the_same_after_a_reseal(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let old = InFile::new(OLD);
    let app = TestApp::start_with(on, &under(OLD, "")).await;
    let mut before = Before::the_change_on(&app).await;
    // As a version leaves it that has no such key, and the new version's first act is the reseal.
    app.sql("DELETE FROM keys WHERE purpose = 'digest'").await;
    reseal(&app, &under(NEW, old.path()));
    let app = app.restart_with(&under(NEW, "")).await;
    before.holds_on(&app).await;
}

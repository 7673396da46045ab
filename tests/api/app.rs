//! The server under test: a method an action.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use doorward::{
    serve::{Running, start},
    wire::Wiring,
};
use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_settings::Settings;
use doorward_testkit::ManualClock;
use reqwest::{Client, redirect::Policy};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{answer::Answer, jwt::tokens, mail::Mail, request::Request};

/// The password of everyone in these tests.
pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

/// The databases that every test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// What a sign-up says.
pub(crate) fn person(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" })
}

/// Someone who is signed in.
pub(crate) struct SignedIn {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl SignedIn {
    fn read(body: &Value) -> Self {
        let (access, refresh) = tokens(body);
        Self { access, refresh }
    }
}

/// A server of its own on a database of its own.
pub(crate) struct TestApp {
    running: Running,
    settings: Settings,
    clock: Arc<ManualClock>,
    client: Client,
    database: ScratchDatabase,
    rows: DatabaseConnection,
    mails: TempDir,
}

impl TestApp {
    /// Starts a server with the settings of development and a cheap hash.
    pub(crate) async fn start(on: Database) -> Self {
        Self::start_with(on, &[]).await
    }

    /// The same with other settings, each `SECTION__KEY` and value.
    pub(crate) async fn start_with(on: Database, settings: &[(&str, &str)]) -> Self {
        let database = match on {
            Database::Sqlite => ScratchDatabase::sqlite(),
            Database::Postgres => ScratchDatabase::postgres().await,
        };
        let start: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().expect("a moment");
        Self::serve(settings, Arc::new(ManualClock::new(start)), database).await
    }

    async fn serve(settings: &[(&str, &str)], clock: Arc<ManualClock>, database: ScratchDatabase) -> Self {
        let mails = tempfile::tempdir().expect("a folder");
        let mut all = vec![("MAIL__DIRECTORY", mails.path().to_str().expect("a path"))];
        all.extend(settings);
        let settings = test_settings(database.url(), &all);
        let wiring = Wiring { clock: clock.clone(), background: false, ..Wiring::default() };
        let running = start(&settings, &wiring).await.expect("the server starts");
        let rows = sea_orm::Database::connect(database.url()).await.expect("the database answers");
        let client =
            Client::builder().redirect(Policy::none()).timeout(Duration::from_mins(1)).build().expect("a client");
        Self { running, settings, clock, client, database, rows, mails }
    }

    /// Stops the server and starts another on the same database, at the same time, with other settings.
    pub(crate) async fn restart_with(self, settings: &[(&str, &str)]) -> Self {
        let Self { running, clock, database, .. } = self;
        running.stop().await.expect("the server stops");
        Self::serve(settings, clock, database).await
    }

    /// Where the server listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.running.addr)
    }

    /// What clients are told to call it by.
    pub(crate) fn public_url(&self) -> String {
        self.settings.http.public_url(self.running.addr).as_str().to_owned()
    }

    /// Moves the server's clock.
    pub(crate) fn advance_secs(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    /// A request to the server.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let url = format!("{}{path}", self.url());
        Request::new(self.client.request(method.parse().expect("a method"), url), self.public_url())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send().await
    }

    /// Posts a text that claims to be JSON.
    pub(crate) async fn post_text(&self, path: &str, text: &str) -> Answer {
        let request = self.request("POST", path).header("content-type", "application/json");
        request.bytes(text.as_bytes().to_vec()).send().await
    }

    pub(crate) async fn sign_up(&self, email: &str) -> SignedIn {
        SignedIn::read(&self.post("/auth/register", &person(email)).await.ok(201))
    }

    /// Someone who has followed the link of the sign-up.
    pub(crate) async fn proven(&self, email: &str) -> SignedIn {
        let someone = self.sign_up(email).await;
        let token = self.mail_to(email).await.token().to_owned();
        self.post("/auth/verify-email", &json!({ "token": token })).await.ok(200);
        someone
    }

    pub(crate) async fn log_in(&self, email: &str) -> Answer {
        self.post("/auth/login", &json!({ "email": email, "password": PASSWORD })).await
    }

    pub(crate) async fn signed_in(&self, email: &str) -> SignedIn {
        SignedIn::read(&self.log_in(email).await.ok(200))
    }

    /// An administrator, made as the command line makes one.
    pub(crate) async fn admin(&self, email: &str) -> SignedIn {
        let command = doorward_application::admin::CreateAdminCommand {
            email: email.to_owned(),
            password: PASSWORD.into(),
            first_name: "Root".to_owned(),
            last_name: "Admin".to_owned(),
        };
        self.running.app.admin.create_admin.execute(command).await.expect("the administrator is made");
        self.signed_in(email).await
    }

    pub(crate) async fn me(&self, access: &str) -> Answer {
        self.request("GET", "/auth/me").bearer(access).send().await
    }

    pub(crate) async fn refresh(&self, refresh: &str) -> Answer {
        self.post("/auth/refresh", &json!({ "refreshToken": refresh })).await
    }

    /// Does what the server does every minute.
    pub(crate) async fn write_activity(&self) {
        self.running.app.sessions.record_activity.execute().await.expect("the store answers");
    }

    /// Runs a statement behind the server's back.
    pub(crate) async fn sql(&self, statement: &str) {
        self.rows.execute_unprepared(statement).await.expect("the statement is good");
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        count(self.database.url(), table).await
    }

    /// Does what the server does all the time: sends every mail that is due.
    pub(crate) async fn deliver(&self) {
        while self.running.app.mail.deliver.execute().await.expect("the store answers").is_some() {}
    }

    /// Does what the server does every ten minutes: forgets what is over.
    pub(crate) async fn purge(&self) {
        self.running.app.operations.purge.execute().await.expect("the store answers");
    }

    /// Every mail that was sent, in the order in which they were written.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        self.deliver().await;
        Mail::read_all(self.mails.path())
    }

    /// The latest mail to this address.
    pub(crate) async fn mail_to(&self, address: &str) -> Mail {
        let mails = self.mails().await;
        mails
            .into_iter()
            .rfind(|mail| mail.to.eq_ignore_ascii_case(address))
            .unwrap_or_else(|| panic!("no mail to {address}"))
    }

    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let statement = Statement::from_string(self.rows.get_database_backend(), query);
        let rows = self.rows.query_all_raw(statement).await.expect("the query is good");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    pub(crate) async fn outbox_kinds(&self) -> Vec<String> {
        self.texts("SELECT kind FROM outbox ORDER BY id").await
    }

    pub(crate) async fn deactivate(&self, email: &str) {
        self.sql(&format!(
            "UPDATE users SET status = 'deactivated', epoch = epoch + 1 WHERE email_canonical = '{email}'"
        ))
        .await;
    }

    pub(crate) async fn set_hash(&self, email: &str, hash: &str) {
        self.sql(&format!(
            "UPDATE password_credentials SET hash = '{hash}' \
             WHERE user_id = (SELECT id FROM users WHERE email_canonical = '{email}')"
        ))
        .await;
    }

    pub(crate) async fn hash_of(&self, email: &str) -> String {
        let query = format!(
            "SELECT hash FROM password_credentials \
             WHERE user_id = (SELECT id FROM users WHERE email_canonical = '{email}')"
        );
        self.texts(&query).await.pop().expect("a hash")
    }

    /// Every text that the database holds.
    pub(crate) async fn dump(&self) -> String {
        let tables = match self.rows.get_database_backend() {
            DatabaseBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            _ => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let mut dump = String::new();
        for table in self.texts(tables).await {
            let statement = Statement::from_string(self.rows.get_database_backend(), format!("SELECT * FROM {table}"));
            for row in self.rows.query_all_raw(statement).await.expect("the query is good") {
                for column in row.column_names() {
                    if let Ok(text) = row.try_get::<String>("", &column) {
                        dump.push_str(&text);
                    } else if let Ok(bytes) = row.try_get::<Vec<u8>>("", &column) {
                        dump.push_str(&String::from_utf8_lossy(&bytes));
                        dump.push_str(&URL_SAFE_NO_PAD.encode(&bytes));
                    }
                    dump.push('\n');
                }
            }
        }
        dump
    }
}

/// How many rows a table has.
pub(crate) async fn count(url: &str, table: &str) -> i64 {
    let rows = sea_orm::Database::connect(url).await.expect("the database answers");
    let statement = Statement::from_string(rows.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let row = rows.query_one_raw(statement).await.expect("the query is good").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// The settings of development, on a port of its own and with a cheap hash.
pub(crate) fn test_settings(database_url: &str, more: &[(&str, &str)]) -> Settings {
    let ours = [
        ("HTTP__ADDRESS", "127.0.0.1:0"),
        ("DATABASE__URL", database_url),
        ("SECRETS__MASTER", "a master secret for tests, which is long enough"),
        ("PASSWORDS__ARGON2_MEMORY_KIB", "64"),
        ("PASSWORDS__ARGON2_ITERATIONS", "1"),
    ];
    let mut all: BTreeMap<_, _> = ours.into_iter().collect();
    all.extend(more.iter().copied());
    doorward_settings::load(doorward_settings::Sources {
        dir: concat!(env!("CARGO_MANIFEST_DIR"), "/../config").into(),
        env_name: doorward_settings::Sources::DEVELOPMENT.to_owned(),
        environment: all.iter().map(|(key, value)| (format!("DOORWARD__{key}"), (*value).to_owned())).collect(),
    })
    .expect("the settings are good")
}

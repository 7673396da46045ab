//! The server under test: a method an action.

mod rows;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use doorward::{
    serve::{Running, start},
    wire::Wiring,
};
use doorward_application::{
    ports::Clock as _,
    revocations::{FeedStream, ReadFeed},
};
use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_settings::Settings;
use doorward_testkit::ManualClock;
use futures_util::future::join_all;
use reqwest::{Client, redirect::Policy};
pub(crate) use rows::count;
use sea_orm::DatabaseConnection;
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
    database: Arc<ScratchDatabase>,
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
        Self::serve(settings, Arc::new(ManualClock::new(start)), Arc::new(database)).await
    }

    /// Another node on the same database, at the same time.
    pub(crate) async fn beside(&self) -> Self {
        self.beside_with(&[]).await
    }

    /// The same with other settings.
    pub(crate) async fn beside_with(&self, settings: &[(&str, &str)]) -> Self {
        let issuer = self.public_url();
        let settings: Vec<_> = [("TOKENS__ISSUER", &*issuer)].into_iter().chain(settings.iter().copied()).collect();
        Self::serve(&settings, Arc::clone(&self.clock), Arc::clone(&self.database)).await
    }

    /// Another node on the same database, whose clock is so many seconds ahead, or behind.
    pub(crate) async fn beside_at(&self, seconds: i64) -> Self {
        let issuer = self.public_url();
        let clock = ManualClock::new(self.clock.now() + TimeDelta::seconds(seconds));
        Self::serve(&[("TOKENS__ISSUER", &issuer)], Arc::new(clock), Arc::clone(&self.database)).await
    }

    async fn serve(settings: &[(&str, &str)], clock: Arc<ManualClock>, database: Arc<ScratchDatabase>) -> Self {
        let mails = tempfile::tempdir().expect("a folder");
        let mut all = vec![("MAIL__DIRECTORY", mails.path().to_str().expect("a path"))];
        all.extend(settings);
        let settings = test_settings(database.url(), &all);
        let wiring = Wiring { clock: clock.clone(), background: false, ..Wiring::default() };
        let running = start(&settings, &wiring).await.expect("the server starts");
        let rows = rows::open(database.url()).await;
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

    /// Stops the server: everyone who asks has been answered.
    pub(crate) async fn stop(self) {
        self.running.stop().await.expect("the server stops");
    }

    /// Where the server listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.running.addr)
    }

    /// Where its measurements are published, if they are.
    pub(crate) fn metrics_url(&self) -> Option<String> {
        self.running.metrics_addr().map(|addr| format!("http://{addr}"))
    }

    /// The measurements, as Prometheus reads them.
    pub(crate) async fn scrape(&self) -> String {
        let url = format!("{}/metrics", self.metrics_url().expect("they are published"));
        let answer = self.client.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("text")
    }

    /// Where its database is.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// What clients are told to call it by.
    pub(crate) fn public_url(&self) -> String {
        self.settings.http.public_url(self.running.addr).as_str().to_owned()
    }

    /// Moves the server's clock.
    pub(crate) fn advance_secs(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    /// Puts the server's clock forward, or back.
    pub(crate) fn step_clock(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
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

    /// Does what the server does all the time: sends every mail that is due.
    pub(crate) async fn deliver(&self) {
        while self.running.app.mail.deliver.execute().await.expect("the store answers").is_some() {}
    }

    /// Does what the server does all the time: reads what other nodes have ended.
    pub(crate) async fn follow(&self) {
        self.running.app.revocations.follow.execute().await.expect("the store answers");
    }

    /// As many wait for the feed as may.
    pub(crate) async fn crowd_the_feed(&self) -> Vec<FeedStream> {
        let feed = &self.running.app.revocations.read_feed;
        let stream = |_| async { feed.stream(0).await.expect("a place") };
        join_all((0..ReadFeed::PLACES).map(stream)).await
    }

    /// Does what the server does every other second: looks after the signing keys.
    pub(crate) async fn tend_keys(&self) {
        self.running.app.operations.tend_keys.execute().await.expect("the keys can be used");
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

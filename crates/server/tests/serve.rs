//! The server, started inside a test.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use doorward::{
    serve,
    wire::{self, Wiring},
};
use doorward_application::ports::Clock;
use doorward_domain::Timestamp;
use doorward_infrastructure::{clock::SystemClock, store::scratch::ScratchDatabase};
use doorward_settings::{Settings, Sources, load};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn settings(dir: &Path, master: &str) -> Settings {
    settings_on(&format!("sqlite://{}", dir.join("doorward.db").display()), master)
}

fn settings_on(database: &str, master: &str) -> Settings {
    let set = |key: &str, value: &str| (format!("DOORWARD__{key}"), value.to_owned());
    let environment = vec![
        set("HTTP__ADDRESS", "127.0.0.1:0"),
        set("DATABASE__URL", database),
        // Tokens stay good when another server, on another port, takes over.
        set("TOKENS__ISSUER", "doorward"),
        set("SECRETS__MASTER", master),
        set("PASSWORDS__ARGON2_MEMORY_KIB", "8"),
    ];
    load(Sources { dir: "nowhere".into(), env_name: Sources::DEVELOPMENT.to_owned(), environment })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Sends a request, the lines of its head but the last ones and its body, and reads the whole answer.
async fn ask(addr: SocketAddr, head: &str, body: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    let length = body.len();
    let request = format!("{head}\r\nHost: x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn status_of(addr: SocketAddr, path: &str) -> anyhow::Result<String> {
    let answer = ask(addr, &format!("GET {path} HTTP/1.1"), "").await?;
    answer.split(' ').nth(1).map(str::to_owned).context("no status")
}

/// The first text of this name in an answer.
fn text_of<'a>(answer: &'a str, name: &str) -> &'a str {
    let value = answer.split(&format!("\"{name}\":\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {answer}"));
    value.split('"').next().unwrap_or_default()
}

/// The system's clock, moved by whole minutes.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        SystemClock.now() + Duration::from_mins(self.0.load(Ordering::Relaxed))
    }
}

/// Signs up, and uses the session when what is stored about it has become old: from many connections at once, so that
/// the server opens as many to the database. Returns what to ask with later.
async fn use_a_session(addr: SocketAddr, clock: &Moved) -> String {
    let sign_up =
        r#"{"email":"jane@example.com","password":"salt wind over the harbour","firstName":"Jane","lastName":"Doe"}"#;
    let head = "POST /auth/register HTTP/1.1\r\nContent-Type: application/json";
    let answer = ask(addr, head, sign_up).await.expect("an answer");
    let authorization = format!("Authorization: Bearer {}", text_of(&answer, "accessToken"));
    clock.0.fetch_add(5, Ordering::Relaxed);
    let asking: Vec<_> = (0..32)
        .map(|_| {
            let head = format!("GET /auth/me HTTP/1.1\r\n{authorization}");
            tokio::spawn(async move { ask(addr, &head, "").await.expect("an answer") })
        })
        .collect();
    for answer in asking {
        assert!(answer.await.expect("it asks").starts_with("HTTP/1.1 200"));
    }
    authorization
}

async fn stopping_writes_down_when_sessions_were_used(database: ScratchDatabase) {
    let clock = Arc::new(Moved::default());
    let wiring = Wiring { clock: clock.clone(), ..Wiring::default() };
    let settings = settings_on(database.url(), &"a".repeat(32));
    let running = serve::start(&settings, &wiring).await.expect("it starts");
    let authorization = use_a_session(running.addr, &clock).await;
    running.stop().await.expect("it stops");

    let again = serve::start(&settings, &wiring).await.expect("it starts");
    let listed =
        ask(again.addr, &format!("GET /auth/sessions HTTP/1.1\r\n{authorization}"), "").await.expect("an answer");
    assert_ne!(text_of(&listed, "lastSeenAt"), text_of(&listed, "createdAt"), "{listed}");
    again.stop().await.expect("it stops");
}

#[tokio::test]
async fn stopping_loses_no_use_of_a_session_on_sqlite() {
    stopping_writes_down_when_sessions_were_used(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn stopping_loses_no_use_of_a_session_on_postgresql() {
    stopping_writes_down_when_sessions_were_used(ScratchDatabase::postgres().await).await;
}

#[tokio::test]
async fn a_database_that_is_gone_does_not_keep_it_from_stopping() {
    let dir = TempDir::new().unwrap();
    let clock = Arc::new(Moved::default());
    let wiring = Wiring { clock: clock.clone(), ..Wiring::default() };
    let settings = settings(dir.path(), &"a".repeat(32));
    let running = serve::start(&settings, &wiring).await.unwrap();
    use_a_session(running.addr, &clock).await;
    let store = wire::open(&settings, &wiring).await.unwrap().store;
    let steps = store.migration_status().await.unwrap().len();
    store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();
    running.stop().await.unwrap();
}

#[tokio::test]
async fn serves_until_it_is_stopped() {
    let dir = TempDir::new().unwrap();
    let running = serve::start(&settings(dir.path(), &"a".repeat(32)), &Wiring::default()).await.unwrap();
    let addr = running.addr;
    assert_eq!(status_of(addr, "/health/live").await.unwrap(), "200");
    assert_eq!(status_of(addr, "/health/ready").await.unwrap(), "200");
    running.stop().await.unwrap();
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn two_that_start_at_once_on_one_empty_database_both_serve() {
    let dir = TempDir::new().unwrap();
    let settings = settings(dir.path(), &"a".repeat(32));
    let wiring = Wiring::default();
    let (one, other) = tokio::try_join!(serve::start(&settings, &wiring), serve::start(&settings, &wiring)).unwrap();
    for running in [one, other] {
        assert_eq!(status_of(running.addr, "/health/ready").await.unwrap(), "200");
        running.stop().await.unwrap();
    }
}

#[tokio::test]
async fn does_not_start_with_another_master_secret_and_names_the_cure() {
    let dir = TempDir::new().unwrap();
    let wiring = Wiring::default();
    serve::start(&settings(dir.path(), &"a".repeat(32)), &wiring).await.unwrap().stop().await.unwrap();
    let refused = serve::start(&settings(dir.path(), &"b".repeat(32)), &wiring).await.err().unwrap();
    assert!(format!("{refused:#}").contains("secrets.master"), "{refused:#}");
}

//! The server, started inside a test.

use std::path::Path;

use anyhow::Context as _;
use doorward::{serve, wire::Wiring};
use doorward_settings::{Settings, Sources, load};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn settings(dir: &Path, master: &str) -> Settings {
    let set = |key: &str, value: &str| (format!("DOORWARD__{key}"), value.to_owned());
    let environment = vec![
        set("HTTP__ADDRESS", "127.0.0.1:0"),
        set("DATABASE__URL", &format!("sqlite://{}", dir.join("doorward.db").display())),
        set("SECRETS__MASTER", master),
        set("PASSWORDS__ARGON2_MEMORY_KIB", "8"),
    ];
    load(Sources { dir: dir.to_owned(), env_name: Sources::DEVELOPMENT.to_owned(), environment })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

async fn status_of(addr: std::net::SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    answer.split(' ').nth(1).map(str::to_owned).context("no status")
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

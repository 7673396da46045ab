//! `make bench-slow`: what clients that are slow on purpose cost those that are not.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    access,
    client::{self, Measured, Request},
    server::Server,
    sign_up,
};

pub(crate) const SLOW: &str = "--slow";

/// How many are slow: a third each is idle, sends a head, and sends a body, a byte a second. Who is cut off comes again.
const CLIENTS: usize = 2_000;
/// Normal clients, and how far apart the requests of each are.
const NORMAL: usize = 8;
const PACE: Duration = Duration::from_millis(10);
/// How long each half is measured at a time, and how often in turn.
const TURN: Duration = Duration::from_secs(8);
const TURNS: usize = 3;

/// Measures normal requests without and with slow clients.
pub(crate) async fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let server = Server::doorward(dir.path()).await?;
    let token = access(&sign_up(&server).await?[0]);
    let request = Request::get("/auth/me").bearer(&token);
    let (mut quiet, mut beside) = (Measured::default(), Measured::default());
    println!("GET /auth/me, {NORMAL} connections, each every {PACE:?}; {CLIENTS} slow clients\n");
    for _ in 0..TURNS {
        quiet.add(paced(&server.addr, &request).await?);
        let mut slow = JoinSet::new();
        for number in 0..CLIENTS {
            slow.spawn(be_slow(server.addr.clone(), number));
        }
        // So that all of them are there.
        sleep(Duration::from_secs(6)).await;
        beside.add(paced(&server.addr, &request).await?);
        println!("memory with them {:.1} MB", server.resident_mb()?);
        slow.shutdown().await;
    }
    println!("\n                    requests/s     p50 ms     p99 ms");
    quiet.print("without", None);
    beside.print("with", None);
    let ([without], [with]) = (quiet.quantile([990]), beside.quantile([990]));
    println!("p99 with them / without: {:.2} (aim 1.2)", with / without);
    Ok(())
}

/// How long each answer took.
async fn paced(addr: &str, request: &Request) -> Result<Measured> {
    let mut clients = JoinSet::new();
    for _ in 0..NORMAL {
        let (addr, request) = (addr.to_owned(), request.clone());
        clients.spawn(async move {
            let mut connection = client::Connection::open(&addr).await?;
            let mut ticks = interval(PACE);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let (until, mut took) = (Instant::now() + TURN, Vec::new());
            while Instant::now() < until {
                ticks.tick().await;
                let asked = Instant::now();
                let answer = connection.ask(&request).await?;
                ensure!(answer.status == 200, "{}: {}", answer.status, answer.text());
                took.push(asked.elapsed());
            }
            Ok(took)
        });
    }
    let mut all = Vec::new();
    for took in clients.join_all().await {
        all.extend(took?);
    }
    Ok(Measured::of(all))
}

/// Keeps one connection, and opens another whenever it is cut off.
async fn be_slow(addr: String, number: usize) -> Result<()> {
    /// Longer than a turn: it is the server that ends these.
    const IDLE: Duration = Duration::from_mins(1);
    let begun: &[u8] = match number % 3 {
        0 => b"",
        1 => b"GET /auth/me HTTP/1.1\r\nHost: bench\r\nX-Slow: ",
        _ => b"POST /auth/login HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    };
    loop {
        let mut stream = TcpStream::connect(&addr).await.context("a slow client cannot connect")?;
        stream.write_all(begun).await?;
        if begun.is_empty() {
            let _ = timeout(IDLE, stream.readable()).await;
            continue;
        }
        while stream.write_all(b" ").await.is_ok() {
            if timeout(Duration::from_secs(1), stream.readable()).await.is_ok() {
                break;
            }
        }
    }
}

//! A client that costs next to nothing: HTTP/1.1 over kept connections, one request at a time on each.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// A request, ready to be written.
#[derive(Clone)]
pub(crate) struct Request(Arc<str>);

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into())
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        let body = body.to_string();
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json");
        Self(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").into())
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        let head = format!("\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n");
        Self(self.0.replacen("\r\nHost: bench\r\n", &head, 1).into())
    }
}

/// What one connection asks.
pub(crate) trait Load: Send + 'static {
    /// The next request, given the answer to the one before.
    fn next(&mut self, answer: Option<&[u8]>) -> Result<Request>;
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// What a load came to.
pub(crate) struct Measured {
    /// Answers a second.
    pub(crate) rate: f64,
    times: Vec<Duration>,
}

impl Measured {
    pub(crate) fn print(&self, name: &str, limit: Option<(f64, &str)>) {
        let quantile = |q: usize| {
            let at = (self.times.len() * q / 100).min(self.times.len().saturating_sub(1));
            self.times.get(at).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        let ratio = limit.map_or(String::new(), |(limit, what)| format!("{:.2} {what}", self.rate / limit));
        println!("{name:<20} {:>9.0}  {:>9.2}  {:>9.2}   {ratio}", self.rate, quantile(50), quantile(99));
    }
}

/// Runs each load on a connection of its own for this long. Any answer that is not a success ends the run.
pub(crate) async fn run<L: Load>(addr: &str, span: Duration, loads: Vec<L>) -> Result<Measured> {
    let mut tasks = JoinSet::new();
    let begin = Instant::now();
    for mut load in loads {
        let addr = addr.to_owned();
        tasks.spawn(async move {
            let mut connection = Connection::open(&addr).await?;
            let mut times = Vec::new();
            let mut answer: Option<Answer> = None;
            while begin.elapsed() < span {
                let request = load.next(answer.as_ref().map(|answer| answer.body.as_slice()))?;
                let asked = Instant::now();
                let got = connection.ask(&request).await?;
                times.push(asked.elapsed());
                if got.status != 200 {
                    bail!("answered {}: {}", got.status, String::from_utf8_lossy(&got.body));
                }
                answer = Some(got);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(task) = tasks.join_next().await {
        times.extend(task??);
    }
    let rate = f64::from(u32::try_from(times.len())?) / begin.elapsed().as_secs_f64();
    times.sort_unstable();
    Ok(Measured { rate, times })
}

/// Asks once.
pub(crate) async fn once(addr: &str, request: &Request) -> Result<Answer> {
    Connection::open(addr).await?.ask(request).await
}

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(addr: &str) -> Result<Self> {
        let stream = TcpStream::connect(addr).await.with_context(|| format!("connecting to {addr}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8192) })
    }

    pub(crate) async fn ask(&mut self, request: &Request) -> Result<Answer> {
        self.stream.write_all(request.0.as_bytes()).await?;
        self.buffer.clear();
        let head_len = loop {
            self.read_some().await?;
            if let Some(at) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..head_len])?.to_ascii_lowercase();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).context("no status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.context("no content-length")?.trim().parse()?;
        while self.buffer.len() < head_len + length {
            self.read_some().await?;
        }
        Ok(Answer { status, body: self.buffer[head_len..head_len + length].to_vec() })
    }

    async fn read_some(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

//! A client that costs next to nothing: HTTP/1.1 over kept connections, one request at a time on each.

use std::{
    borrow::Cow,
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
    /// What a success is.
    const STATUS: u16 = 200;

    /// The next request, given the answer to the one before. None: that was the last.
    fn next(&mut self, answer: Option<&[u8]>) -> Result<Option<Request>>;
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body, to tell of it.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// What a load came to.
#[derive(Default)]
pub(crate) struct Measured {
    times: Vec<Duration>,
    took: Duration,
}

impl Measured {
    /// Answers that took so long each, one after the other.
    pub(crate) fn of(times: Vec<Duration>) -> Self {
        Self { took: times.iter().sum(), times }
    }

    /// Takes what another came to along.
    pub(crate) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.took += other.took;
    }

    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    /// How many answers.
    pub(crate) fn count(&self) -> f64 {
        f64::from(u32::try_from(self.times.len()).unwrap_or(u32::MAX))
    }

    /// How long so many of a thousand took at the most, in milliseconds.
    pub(crate) fn quantile<const N: usize>(&self, per_mille: [usize; N]) -> [f64; N] {
        let mut times = self.times.clone();
        times.sort_unstable();
        per_mille.map(|q| {
            let at = (times.len() * q / 1_000).min(times.len().saturating_sub(1));
            times.get(at).copied().unwrap_or_default().as_secs_f64() * 1e3
        })
    }

    pub(crate) fn print(&self, name: &str, limit: Option<(f64, &str)>) {
        let [p50, p99] = self.quantile([500, 990]);
        let ratio = limit.map_or(String::new(), |(limit, what)| format!("{:.2} {what}", self.rate() / limit));
        println!("{name:<20} {:>9.0}  {p50:>9.2}  {p99:>9.2}   {ratio}", self.rate());
    }
}

/// Runs each load on a connection of its own for this long, or until it is done. Any answer that is not a success ends
/// the run.
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
                let Some(request) = load.next(answer.as_ref().map(|answer| answer.body.as_slice()))? else { break };
                let asked = Instant::now();
                let got = connection.ask(&request).await?;
                times.push(asked.elapsed());
                if got.status != L::STATUS {
                    bail!("answered {}: {}", got.status, got.text());
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
    Ok(Measured { times, took: begin.elapsed() })
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
        let head = std::str::from_utf8(&self.buffer[..head_len])?;
        let status = head.get(9..12).and_then(|code| code.parse().ok()).context("no status")?;
        let length = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        };
        let length = head.lines().find_map(length).context("no content-length")??;
        let head = head.to_owned();
        while self.buffer.len() < head_len + length {
            self.read_some().await?;
        }
        Ok(Answer { status, head, body: self.buffer[head_len..head_len + length].to_vec() })
    }

    async fn read_some(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

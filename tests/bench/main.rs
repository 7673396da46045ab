//! `make bench`: what the release binary does, beside what this machine can do at all, measured in one run.
//!
//! Figures of two machines cannot be compared, and neither can two runs on a busy one; so everything is given as a
//! ratio to a limit that was measured in the same minutes: a bare actix-web route for requests, raw argon2id for
//! sign-ins, raw durable commits for refreshes. Client and server share the machine, in both halves of each ratio.

mod bare;
mod chance;
mod client;
mod cores;
mod import;
mod limits;
mod mail;
mod me;
mod scale;
mod seed;
mod server;
mod slow;
mod timing;
mod tokens;

use std::{env, time::Duration};

use anyhow::{Context, Result, bail};
use client::{Load, Request};
use serde_json::{Value, json};
use server::Server;

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(8);
/// Connections that sign in, refresh and ask at the same time.
const CONNECTIONS: usize = 16;
const PASSWORD: &str = "a quiet harbour at dawn";

fn main() -> Result<()> {
    // The bare route runs in a process of its own, as doorward does.
    if env::args().nth(1).as_deref() == Some(bare::BARE_ROUTE) {
        return bare::serve();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if env::args().any(|argument| argument == timing::TIMING) {
        return runtime.block_on(timing::run());
    }
    if env::args().any(|argument| argument == import::IMPORT) {
        return runtime.block_on(import::run());
    }
    if env::args().any(|argument| argument == scale::SCALE) {
        return runtime.block_on(scale::run());
    }
    if env::args().any(|argument| argument == slow::SLOW) {
        return runtime.block_on(slow::run());
    }
    runtime.block_on(bench())
}

async fn bench() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let server = Server::doorward(dir.path()).await?;
    let seconds = SPAN.as_secs();
    println!("{CONNECTIONS} connections, {seconds} s each; idle memory {:.1} MB\n", server.resident_mb()?);
    me::run(dir.path()).await?;
    tokens::run(dir.path()).await?;

    println!("                    requests/s     p50 ms     p99 ms   ratio to its limit");
    let tokens = sign_up(&server).await?;
    // Each limit right before what it is the limit of: what a shared machine gives changes from minute to minute.
    let commits = limits::durable_commits(dir.path(), SPAN).await?;
    println!("raw durable commits  {commits:>9.0}");
    let refresh = tokens.iter().map(|tokens| Chain(refresh(tokens))).collect();
    let refresh = client::run(&server.addr, SPAN, refresh).await?;
    refresh.print("refresh", Some((commits, "of the durable commits")));

    let hashes = limits::argon2id(SPAN)?;
    println!("raw argon2id hashes  {hashes:>9.0}");
    let sign_in = (0..CONNECTIONS).map(|n| Repeat(sign_in(n))).collect();
    let sign_in = client::run(&server.addr, SPAN, sign_in).await?;
    sign_in.print("sign-in", Some((hashes, "of the raw hashes")));
    println!("\nmemory after the load {:.1} MB", server.resident_mb()?);
    drop(server);
    mail::run(dir.path()).await
}

/// The same request again and again.
#[derive(Clone)]
struct Repeat(Request);

impl Load for Repeat {
    fn next(&mut self, _answer: Option<&[u8]>) -> Result<Option<Request>> {
        Ok(Some(self.0.clone()))
    }
}

/// Each request brings the refresh token of the answer before it.
struct Chain(Request);

impl Load for Chain {
    fn next(&mut self, answer: Option<&[u8]>) -> Result<Option<Request>> {
        if let Some(answer) = answer {
            self.0 = refresh(&serde_json::from_slice(answer)?);
        }
        Ok(Some(self.0.clone()))
    }
}

async fn sign_up(server: &Server) -> Result<Vec<Value>> {
    let mut answers = Vec::new();
    for n in 0..CONNECTIONS {
        let body = json!({
            "email": email(n), "password": PASSWORD, "firstName": "Bench", "lastName": "Mark",
        });
        let answer = client::once(&server.addr, &Request::post("/auth/register", &body)).await?;
        if answer.status != 201 {
            bail!("sign-up answered {}: {}", answer.status, answer.text());
        }
        answers.push(serde_json::from_slice(&answer.body).context("sign-up")?);
    }
    Ok(answers)
}

fn email(n: usize) -> String {
    format!("bench-{n:02}@example.com")
}

fn access(answer: &Value) -> String {
    answer["tokens"]["accessToken"].as_str().unwrap_or_default().to_owned()
}

fn refresh(answer: &Value) -> Request {
    Request::post("/auth/refresh", &json!({ "refreshToken": answer["tokens"]["refreshToken"] }))
}

fn sign_in(n: usize) -> Request {
    Request::post("/auth/login", &json!({ "email": email(n), "password": PASSWORD }))
}

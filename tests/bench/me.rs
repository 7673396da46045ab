//! `GET /auth/me` on one core, beside the same answer from a route that knows it.

use std::{fs, path::Path, time::Duration};

use anyhow::{Result, ensure};

use crate::{
    Repeat, access, bare,
    client::{self, Answer, Measured, Request},
    cores::Core,
    server::{Launch, Server},
    sign_up,
};

/// How long each of the two is asked at a time, and how often in turn: what a shared machine gives changes from minute
/// to minute, and falls on both alike.
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 5;

/// Measures both with the log that a deployment has, a line for each request.
pub(crate) async fn run(dir: &Path) -> Result<()> {
    let [of_server, of_client] = Core::two()?;
    let dirs = ["me", "bare"].map(|name| dir.join(name));
    dirs.iter().try_for_each(fs::create_dir)?;
    let launch = |n: usize| Launch { dir: &dirs[n], settings: &[], core: Some(of_server), log: None };
    let doorward = Server::start(launch(0)).await?;
    let tokens = sign_up(&doorward).await?;
    let asked: Vec<_> = tokens.iter().map(|tokens| Request::get(bare::PATH).bearer(&access(tokens))).collect();

    let answer = dir.join("answer.json");
    fs::write(&answer, client::once(&doorward.addr, &asked[0]).await?.body)?;
    let bare = Server::bare_route(launch(1), &answer).await?;
    is_same(&client::once(&doorward.addr, &asked[0]).await?, &client::once(&bare.addr, &asked[0]).await?)?;

    let (mut of_bare, mut of_doorward) = (Row::default(), Row::default());
    for _ in 0..TURNS {
        of_bare.measure(&bare, of_client, &asked)?;
        of_doorward.measure(&doorward, of_client, &asked)?;
    }
    println!("one core each for server and client     requests/s   p50 ms   p99 ms   µs of the core a request");
    let limit = of_bare.print("bare route, same middleware and log");
    let rate = of_doorward.print("GET /auth/me");
    println!("ratio {:.2} (aim 0.7)\n", rate / limit);
    Ok(())
}

/// One of the two, as it was measured.
#[derive(Default)]
struct Row {
    measured: Measured,
    on_core: Duration,
}

impl Row {
    fn measure(&mut self, server: &Server, of_client: Core, asked: &[Request]) -> Result<()> {
        let (addr, loads) = (server.addr.clone(), asked.iter().cloned().map(Repeat).collect());
        let before = server.on_cores()?;
        let measured = of_client.run(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(client::run(&addr, TURN, loads))
        })?;
        self.measured.add(measured);
        self.on_core += server.on_cores()?.saturating_sub(before);
        Ok(())
    }

    /// Says how many requests a second it was.
    fn print(&self, name: &str) -> f64 {
        let (rate, [p50, p99]) = (self.measured.rate(), self.measured.quantile([500, 990]));
        let on_core = self.on_core.as_secs_f64() * 1e6 / self.measured.count();
        println!("{name:<37} {rate:>12.0} {p50:>8.2} {p99:>8.2} {on_core:>10.1}");
        rate
    }
}

/// But for the time and the request's own id, the answers must be the same to the byte, and the bodies entirely.
fn is_same(one: &Answer, other: &Answer) -> Result<()> {
    let head = |answer: &Answer| {
        let own = |line: &&str| !["date:", "x-request-id:"].iter().any(|name| line.starts_with(name));
        let mut lines: Vec<_> = answer.head.lines().filter(own).map(ToOwned::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    ensure!(head(one) == head(other), "the heads differ: {:?} and {:?}", one.head, other.head);
    ensure!(one.body == other.body, "the bodies differ");
    Ok(())
}

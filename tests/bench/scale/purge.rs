//! How long others wait while a million sessions are forgotten that were over long ago.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use doorward_application::ports::{Access, Clock as _, Store as _};
use doorward_domain::UserId;
use doorward_infrastructure::{clock::SystemClock, store::SeaStore};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    PASSWORD,
    client::{Connection, Measured, Request},
    seed::email,
    server::{Launch, Server},
};

/// How often each of the others writes.
const EVERY: Duration = Duration::from_millis(5);
/// How long they are watched while nothing is forgotten.
const QUIET: Duration = Duration::from_secs(10);
/// How long the server may take to forget.
const PATIENCE: Duration = Duration::from_mins(20);
/// The line of the log that says that it is done.
const DONE: &str = "forgot what is over";

/// How long those who write wait: one who refreshes at the server itself, and one in another process, with a handle on
/// the database of its own.
pub(super) struct Waits {
    pub(super) refresh: Measured,
    pub(super) elsewhere: Measured,
}

/// What became of the sessions.
pub(super) struct Forgotten {
    pub(super) took: Duration,
    /// What the server says of it.
    pub(super) line: String,
    pub(super) waits: Waits,
}

/// Watches while nothing is forgotten.
pub(super) async fn quiet(server: &Server, store: &SeaStore, user: UserId) -> Result<Waits> {
    watch(server, store, user, async {
        let mut wait = interval(QUIET);
        wait.tick().await;
        wait.tick().await;
        Ok(())
    })
    .await
    .map(|(waits, ())| waits)
}

/// Starts the server, which begins with it, and watches until it has forgotten.
pub(super) async fn forget(launch: Launch<'_>, store: &SeaStore, user: UserId) -> Result<Forgotten> {
    let log = launch.log.context("the server's log is read")?;
    let begun = Instant::now();
    let server = Server::start(launch).await?;
    let (waits, line) = watch(&server, store, user, until_done(log)).await?;
    Ok(Forgotten { took: begun.elapsed(), line, waits })
}

async fn until_done(log: &Path) -> Result<String> {
    let begun = Instant::now();
    let mut ticks = interval(Duration::from_millis(100));
    while begun.elapsed() < PATIENCE {
        ticks.tick().await;
        if let Some(line) = fs::read_to_string(log)?.lines().find(|line| line.contains(DONE)) {
            return Ok(line.to_owned());
        }
    }
    bail!("the server has not forgotten what is over")
}

/// Writes again and again until this is done.
async fn watch<T>(
    server: &Server,
    store: &SeaStore,
    user: UserId,
    until: impl Future<Output = Result<T>>,
) -> Result<(Waits, T)> {
    let enough = AtomicBool::new(false);
    let until = async {
        let done = until.await;
        enough.store(true, Relaxed);
        done
    };
    let (refresh, elsewhere, done) =
        tokio::try_join!(refresh(server, &enough), elsewhere(store, user, &enough), until)?;
    Ok((Waits { refresh, elsewhere }, done))
}

async fn refresh(server: &Server, enough: &AtomicBool) -> Result<Measured> {
    let mut connection = Connection::open(&server.addr).await?;
    let mut next = Request::post("/auth/login", &json!({ "email": email(0), "password": PASSWORD }));
    let mut times = Vec::new();
    let mut ticks = ticks();
    while !enough.load(Relaxed) {
        ticks.tick().await;
        let asked = Instant::now();
        let answer = connection.ask(&next).await?;
        times.push(asked.elapsed());
        ensure!(answer.status == 200, "answered {}: {}", answer.status, answer.text());
        let tokens: Value = serde_json::from_slice(&answer.body)?;
        next = Request::post("/auth/refresh", &json!({ "refreshToken": tokens["tokens"]["refreshToken"] }));
    }
    // The first was a sign-in.
    Ok(Measured::of(times.split_off(1)))
}

async fn elsewhere(store: &SeaStore, user: UserId, enough: &AtomicBool) -> Result<Measured> {
    let mut times = Vec::new();
    let mut ticks = ticks();
    while !enough.load(Relaxed) {
        ticks.tick().await;
        let asked = Instant::now();
        let mut unit = store.begin(Access::Write).await?;
        unit.users().record_login(user, SystemClock.now()).await?;
        unit.commit().await?;
        times.push(asked.elapsed());
    }
    Ok(Measured::of(times))
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

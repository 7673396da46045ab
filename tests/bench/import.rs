//! `make bench-import`: users with bcrypt hashes, moved into both databases by the release binary.
//!
//! The memory of the smaller file stands beside that of the larger one, because it is to be the same.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use doorward_infrastructure::store::scratch::ScratchDatabase;
use serde_json::json;
use tokio::{
    process::{Child, Command},
    time::interval,
};

use crate::{
    PASSWORD,
    client::{self, Request},
    server::{MASTER, Server, binary},
};

/// The argument that asks for it.
pub(crate) const IMPORT: &str = "--import";

/// How many users the files have.
const FILES: [u32; 2] = [10_000, 100_000];
/// What each is to be done in, with the larger file.
const AIM: Duration = Duration::from_mins(1);
/// The cost that most applications have.
const COST: u32 = 10;

pub(crate) async fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let hash = bcrypt::hash(PASSWORD, COST).map_err(|cause| anyhow!("no hash was made: {cause}"))?;
    println!("                users   seconds    users/s   peak MB   again, seconds");
    for users in FILES {
        let file = dir.path().join("users.jsonl");
        write_users(&file, users, &hash)?;
        measure("SQLite", &ScratchDatabase::sqlite(), dir.path(), users).await?;
        measure("PostgreSQL", &ScratchDatabase::postgres().await, dir.path(), users).await?;
    }
    println!("\naim: {} users in {} s; PostgreSQL runs without fsync here", FILES[1], AIM.as_secs());
    Ok(())
}

async fn measure(name: &str, database: &ScratchDatabase, dir: &Path, users: u32) -> Result<()> {
    let (took, peak) = import(database, dir).await?;
    let (again, _) = import(database, dir).await?;
    let rate = f64::from(users) / took.as_secs_f64();
    let [took, again] = [took, again].map(|span| span.as_secs_f64());
    println!("{name:<10} {users:>10} {took:>9.1}  {rate:>9.0} {peak:>9.1}   {again:>9.1}");

    let server = Server::doorward_with(dir, &[MASTER, ("DOORWARD__DATABASE__URL", database.url())]).await?;
    let body = json!({ "email": email(users / 2), "password": PASSWORD });
    let answer = client::once(&server.addr, &Request::post("/auth/login", &body)).await?;
    ensure!(answer.status == 200, "an old password was answered with {}", answer.status);
    Ok(())
}

/// How long it took, and how many MB it held at the most.
async fn import(database: &ScratchDatabase, dir: &Path) -> Result<(Duration, f64)> {
    let begin = Instant::now();
    let mut child = Command::new(binary()?)
        .args(["users", "import", "--report", "report.txt", "users.jsonl"])
        .current_dir(dir)
        .envs([MASTER, ("DOORWARD__DATABASE__URL", database.url())])
        .stdout(Stdio::null())
        .spawn()
        .context("starting doorward")?;
    let mut ticks = interval(Duration::from_millis(10));
    let mut peak = 0.0;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = ticks.tick() => peak = peak_mb(&child).unwrap_or(peak),
        }
    };
    ensure!(status.success(), "the import failed");
    Ok((begin.elapsed(), peak))
}

/// The most that the process has held so far. None once it has ended.
fn peak_mb(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn email(n: u32) -> String {
    format!("user{n}@example.com")
}

/// One of the users has the password; the hashes of the others are different, as they would be.
fn write_users(file: &Path, users: u32, hash: &str) -> Result<()> {
    let mut file = BufWriter::new(File::create(file)?);
    for n in 0..users {
        let hash = if n == users / 2 { hash.to_owned() } else { format!("{}{n:020}{}", &hash[..35], &hash[55..]) };
        let user = json!({
            "email": email(n), "passwordHash": hash, "firstName": format!("First{n}"), "lastName": format!("Last{n}"),
            "username": format!("user{n}"), "emailVerified": true, "createdAt": "2020-02-29T12:00:00Z",
        });
        writeln!(file, "{user}")?;
    }
    file.flush()?;
    Ok(())
}

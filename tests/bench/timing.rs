//! `make timing`: whether the time of an answer tells what its text does not.
//!
//! Addresses of four kinds (known, unknown, unproven, deactivated) are tried in random order, so that whatever else the
//! machine does falls on all alike. For each pair with the known ones, the area under the ROC curve is how often a
//! guess by time alone would be right: 0.5 is a coin.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    PASSWORD,
    chance::Chance,
    client::{self, Connection, Request},
    server::{Server, binary},
};

/// The argument that asks for this.
pub(crate) const TIMING: &str = "--timing";

/// How often each kind of address is tried on each route.
const SAMPLES: usize = 2_000;

const KINDS: [&str; 4] = ["known", "unknown", "unproven", "deactivated"];

pub(crate) async fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let server = Server::doorward_with(
        dir.path(),
        &[
            ("DOORWARD__THROTTLE__ENABLED", "false"),
            ("DOORWARD__REGISTRATION__REQUIRE_VERIFIED_EMAIL", "true"),
            ("DOORWARD__MAIL__DIRECTORY", "mail"),
        ],
    )
    .await?;
    set_up(&server, dir.path()).await?;
    println!("{SAMPLES} of each kind on each route, in random order; the area under the ROC curve against `known`\n");
    println!("{:<28} {:>12} {:>12} {:>12} {:>14}", "", "known p50", "unknown", "unproven", "deactivated");
    let forgot = |email: &str| Request::post("/auth/forgot-password", &json!({ "email": email }));
    let resend = |email: &str| Request::post("/auth/resend-verification", &json!({ "email": email }));
    let sign_in =
        |email: &str| Request::post("/auth/login", &json!({ "email": email, "password": "not the password at all" }));
    let mut told = measure(&server, "POST /auth/login", sign_in, 401).await?;
    told |= measure(&server, "POST /auth/forgot-password", forgot, 202).await?;
    told |= measure(&server, "POST /auth/resend-verification", resend, 202).await?;
    println!("\n{}", if told { "some can be told apart: outside of 0.45 to 0.55" } else { "all within 0.45 to 0.55" });
    Ok(())
}

/// Tries every kind of address on a route and prints what could be told. Says whether anything could.
async fn measure(server: &Server, name: &str, request: impl Fn(&str) -> Request, status: u16) -> Result<bool> {
    let mut connection = Connection::open(&server.addr).await?;
    let mut times: [Vec<f64>; 4] = Default::default();
    let mut order: Vec<usize> = (0..SAMPLES * KINDS.len()).map(|n| n % KINDS.len()).collect();
    Chance::default().mix(&mut order);
    for (n, kind) in order.into_iter().enumerate() {
        // Never the same unknown one twice: an attacker would not, either.
        let email = if kind == 1 { format!("unknown-{n}@example.com") } else { format!("{}@example.com", KINDS[kind]) };
        let request = request(&email);
        let asked = Instant::now();
        let answer = connection.ask(&request).await?;
        times[kind].push(asked.elapsed().as_secs_f64());
        ensure!(answer.status == status, "{name} answered {}", answer.status);
    }
    let areas = [1, 2, 3].map(|kind| area(&times[0], &times[kind]));
    times[0].sort_unstable_by(f64::total_cmp);
    let median = times[0][SAMPLES / 2] * 1e3;
    println!("{name:<28} {median:>9.2} ms {:>12.3} {:>12.3} {:>14.3}", areas[0], areas[1], areas[2]);
    Ok(areas.into_iter().any(|area| !(0.45..=0.55).contains(&area)))
}

/// The area under the ROC curve: how often one of `b` is greater than one of `a` (Mann and Whitney).
fn area(a: &[f64], b: &[f64]) -> f64 {
    let mut a = a.to_vec();
    a.sort_unstable_by(f64::total_cmp);
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let wins: f64 = b
        .iter()
        .map(|b| {
            let less = a.partition_point(|a| a < b);
            let equal = a.partition_point(|a| a <= b) - less;
            count(less) + count(equal) / 2.0
        })
        .sum();
    wins / (count(a.len()) * count(b.len()))
}

/// One user of each kind but the unknown.
async fn set_up(server: &Server, dir: &Path) -> Result<()> {
    for kind in ["known", "unproven", "deactivated"] {
        let person = json!({
            "email": format!("{kind}@example.com"), "password": PASSWORD, "firstName": "Ann", "lastName": "Other",
        });
        let answer = client::once(&server.addr, &Request::post("/auth/register", &person)).await?;
        ensure!(answer.status == 201, "sign-up answered {}", answer.status);
    }
    for kind in ["known", "deactivated"] {
        let token = link(dir, &format!("{kind}@example.com")).await?;
        let answer =
            client::once(&server.addr, &Request::post("/auth/verify-email", &json!({ "token": token }))).await?;
        ensure!(answer.status == 200, "the proof was answered {}", answer.status);
    }
    let made = Command::new(binary()?)
        .args(["create-admin", "--email", "root@example.com", "--first-name", "Root", "--last-name", "Admin"])
        .current_dir(dir)
        .env("DOORWARD_ADMIN_PASSWORD", PASSWORD)
        .status()?;
    ensure!(made.success(), "no administrator was made");
    let root = json!({ "email": "root@example.com", "password": PASSWORD });
    let answer = client::once(&server.addr, &Request::post("/auth/login", &root)).await?;
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let token = answer["tokens"]["accessToken"].as_str().context("the administrator is not signed in")?.to_owned();
    let found = Request::get("/auth/admin/users?search=deactivated@example.com").bearer(&token);
    let found: Value = serde_json::from_slice(&client::once(&server.addr, &found).await?.body)?;
    let id = found["users"][0]["id"].as_str().context("the user is not found")?;
    let path = format!("/auth/admin/users/{id}/deactivate");
    let answer = client::once(&server.addr, &Request::post(&path, &json!({})).bearer(&token)).await?;
    ensure!(answer.status == 200, "the deactivation was answered {}", answer.status);
    Ok(())
}

/// What the link of the mail to this address carries, once it is there.
async fn link(dir: &Path, to: &str) -> Result<String> {
    for _ in 0..100 {
        for entry in fs::read_dir(dir.join("mail")).into_iter().flatten() {
            let text = fs::read_to_string(entry?.path())?;
            if text.contains(to)
                && let Some((_, rest)) = text.split_once("?token=")
            {
                return Ok(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect());
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("no mail to {to} came")
}

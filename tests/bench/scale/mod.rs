//! `make bench-scale`: what a million users and three million sessions cost, beside an empty database.
//!
//! The same people sign in, refresh and sign out on a server whose database holds nobody else, and on one whose holds
//! all. Then a million sessions are added that were over for longer than they are remembered, and two writers are
//! watched while the server forgets them.

mod acts;
mod purge;

use std::{env, ops::Range, path::Path, time::Duration, time::Instant};

use acts::{ACTS, Acted};
use anyhow::{Context, Result};
use doorward::wire::{self, Wiring};
use doorward_application::ports::Clock as _;
use doorward_domain::UserId;
use doorward_infrastructure::{
    clock::SystemClock,
    store::{SeaStore, scratch::ScratchDatabase},
};
use purge::Waits;

use crate::{
    client::Measured,
    seed::{DAY, Seeder},
    server::{Launch, MASTER, Server, development},
};

/// The argument that asks for this; a number of users may follow.
pub(crate) const SCALE: &str = "--scale";

const USERS: u32 = 1_000_000;
/// How many sessions there are for each user.
const SESSIONS: u32 = 3;
/// How many people act.
const PEOPLE: u32 = 2_000;
/// When the sessions were opened: all of them are remembered.
const REMEMBERED: Range<Duration> = Duration::ZERO..DAY.saturating_mul(119);
/// When those were opened that are to be forgotten: longer ago than a session lasts and is remembered.
const OVER: Range<Duration> = DAY.saturating_mul(121)..DAY.saturating_mul(250);

pub(crate) async fn run() -> Result<()> {
    let users =
        env::args().skip_while(|argument| argument != SCALE).nth(1).and_then(|n| n.parse().ok()).unwrap_or(USERS);
    on("SQLite", [ScratchDatabase::sqlite(), ScratchDatabase::sqlite()], users).await?;
    on("PostgreSQL", [ScratchDatabase::postgres().await, ScratchDatabase::postgres().await], users).await
}

async fn on(name: &str, [empty, full]: [ScratchDatabase; 2], users: u32) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let begun = Instant::now();
    let people = PEOPLE.min(users);
    seed(&empty, people, 0).await?;
    let (store, everyone) = seed(&full, users, users * SESSIONS).await?;
    println!(
        "\n{name}: {users} users and {} sessions, made in {:.0} s",
        users * SESSIONS,
        begun.elapsed().as_secs_f64()
    );

    let server = async |database: &ScratchDatabase, log: Option<&Path>| {
        let settings = [MASTER, ("DOORWARD__DATABASE__URL", database.url())];
        Server::start(Launch { dir: dir.path(), settings: &settings, core: None, log }).await
    };
    let on_empty = server(&empty, None).await?;
    let on_full = server(&full, None).await?;
    let spread = |among: u32| (0..people).map(|n| n * (among / people)).collect();
    let [without, within] = acts::measure([&on_empty, &on_full], [spread(people), spread(users)]).await?;
    print_acts(&without, &within);
    drop(on_empty);

    let user = everyone[everyone.len() / 2];
    let quiet = purge::quiet(&on_full, &store, user).await?;
    drop(on_full);
    let mut seeder = Seeder::open(full.url(), store.clone(), SystemClock.now()).await?;
    seeder.sessions(&everyone, users, OVER).await?;
    seeder.settle().await?;
    let log = dir.path().join("log");
    let settings = [MASTER, ("DOORWARD__DATABASE__URL", full.url())];
    let launch = Launch { dir: dir.path(), settings: &settings, core: None, log: Some(&log) };
    let forgotten = purge::forget(launch, &store, user).await?;
    println!(
        "\n{users} sessions forgotten in {:.1} s      p50 ms    p99 ms  p99.9 ms    max ms",
        forgotten.took.as_secs_f64()
    );
    print_waits("", &quiet);
    print_waits(", meanwhile", &forgotten.waits);
    println!("{}", forgotten.line);
    Ok(())
}

async fn seed(database: &ScratchDatabase, users: u32, sessions: u32) -> Result<(SeaStore, Vec<UserId>)> {
    let settings = development([MASTER, ("DOORWARD__DATABASE__URL", database.url())])?;
    let store = wire::open(&settings, &Wiring::default()).await?.store;
    store.migrate_up().await?;
    let mut seeder = Seeder::open(database.url(), store.clone(), SystemClock.now()).await?;
    let begun = Instant::now();
    let everyone = seeder.users(users).await.context("users")?;
    let users_took = begun.elapsed().as_secs_f64();
    if sessions > 0 {
        seeder.sessions(&everyone, sessions, REMEMBERED).await.context("sessions")?;
        let took = begun.elapsed().as_secs_f64();
        println!("{users} users made in {users_took:.0} s, {sessions} sessions in {:.0} s", took - users_took);
    }
    seeder.settle().await?;
    Ok((store, everyone))
}

fn print_acts(of_empty: &Acted, of_full: &Acted) {
    println!("            empty: p50 ms    p99 ms   full: p50 ms    p99 ms   ratios:  p50   p99 (aim 1.3)");
    for ((act, empty), full) in ACTS.iter().zip(of_empty).zip(of_full) {
        let ([e50, e99], [f50, f99]) = (empty.quantile([500, 990]), full.quantile([500, 990]));
        println!("{act:<12} {e50:>13.2} {e99:>9.2} {f50:>14.2} {f99:>9.2} {:>14.2} {:>5.2}", f50 / e50, f99 / e99);
    }
}

fn print_waits(when: &str, waits: &Waits) {
    let print = |who: &str, measured: &Measured| {
        let [p50, p99, p999, max] = measured.quantile([500, 990, 999, 1_000]);
        println!("{:<38} {p50:>9.2} {p99:>9.2} {p999:>9.2} {max:>9.2}", format!("{who}{when}"));
    };
    print("a refresh", &waits.refresh);
    print("another process writes", &waits.elsewhere);
}

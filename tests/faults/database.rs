//! A database that is gone, does not answer, is slow, or is kept busy by somebody else.

use std::time::{Duration, Instant};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::{join, join_all};
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::{
    harness::{Fleet, Flow, Node, Person, Relay, until},
    postgres::OwnPostgres,
    probe::{Probed, everything, probe},
    size::{Size, print},
};

/// A refresh is tried again and again, for longer than people do. Wrong passwords are not what this is about.
const SETTINGS: [(&str, &str); 2] = [("TOKENS__REFRESH_REUSE_GRACE", "1m"), ("THROTTLE__ENABLED", "false")];

/// A node, people who have signed up and whom it has not let in yet, and what is measured.
struct Stage {
    fleet: Fleet,
    strangers: Vec<Person>,
    size: Size,
    refused: Vec<Duration>,
    mended: Vec<Duration>,
}

impl Stage {
    /// On this database, unless the settings name another.
    async fn set(database: ScratchDatabase, settings: &[(&str, &str)]) -> Self {
        let size = Size::of_this_run();
        let mut fleet = Fleet::without_nodes(database, &[&SETTINGS, settings].concat());
        fleet.add(&[&[]]).await;
        fleet.nodes[0].sign_up("jane@example.com").await;
        let mut strangers = Vec::new();
        for number in 0..size.outages {
            strangers.push(fleet.nodes[0].sign_up(&format!("stranger{number}@example.com")).await);
        }
        Self { fleet, strangers, size, refused: Vec::new(), mended: Vec::new() }
    }

    /// The node, which reaches the database through a relay.
    async fn behind_a_relay(settings: &[(&str, &str)]) -> (Self, Relay, ScratchDatabase) {
        let database = ScratchDatabase::postgres().await;
        let (relay, url) = Relay::before_postgres(database.url()).await;
        let settings = [&[("DATABASE__URL", url.as_str())], settings].concat();
        (Self::set(ScratchDatabase::sqlite(), &settings).await, relay, database)
    }

    fn node(&self) -> &Node {
        &self.fleet.nodes[0]
    }

    /// All at once, while `GET /health/live` is answered as ever.
    async fn ask_for_everything(&self, number: usize) -> Vec<Probed> {
        let node = self.node();
        let all = everything(node, &self.strangers[number], number);
        let all = join_all(all.into_iter().map(|(what, request)| probe(what, request)));
        let alive = probe("liveness", node.request(Method::GET, "/health/live"));
        let (all, alive) = join(all, alive).await;
        assert!(alive.is_done() && alive.took < self.size.refused_within, "{alive:?}");
        all
    }

    /// Each is put off, and soon.
    async fn everything_is_put_off(&mut self, number: usize) {
        for probed in self.ask_for_everything(number).await {
            let is_soon = probed.took < self.size.refused_within;
            assert!(probed.is_put_off() && is_soon, "outage {number}: {probed:?}\n{}", self.fleet.troubles());
            self.refused.push(probed.took);
        }
    }

    /// Each is done or put off, and nothing else.
    async fn nothing_fails_otherwise(&self, number: usize) {
        for probed in self.ask_for_everything(number).await {
            let is_refused = probed.what == "a wrong password" && probed.status == 401;
            let is_fine = probed.is_done() || is_refused || probed.is_put_off();
            assert!(is_fine, "outage {number}: {probed:?}\n{}", self.fleet.troubles());
        }
    }

    /// How long it takes from now until all is well again.
    async fn is_mended(&mut self, number: usize) {
        let begun = Instant::now();
        let node = self.node();
        let is_well = async || {
            let all = everything(node, &self.strangers[number], number);
            for (what, request) in all {
                let probed = probe(what, request).await;
                assert!(probed.status != 500, "outage {number}: {probed:?}");
                let is_made_before = probed.what == "a sign-up" && probed.status == 400;
                let is_refused = probed.what == "a wrong password" && probed.status == 401;
                if !(probed.is_done() || is_refused || is_made_before) {
                    return false;
                }
            }
            true
        };
        until("all is well again", self.size.mended_within, is_well).await;
        self.mended.push(begun.elapsed());
    }

    fn tell(self, what: &str) {
        let troubles = self.fleet.troubles();
        assert!(!troubles.contains("panicked"), "{troubles}");
        println!("| {what} | times | p50 ms | max ms |\n|---|---|---|---|");
        if !self.refused.is_empty() {
            print("until a request was refused", self.refused);
        }
        print("until all was well again", self.mended);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgresql_is_gone_everything_is_put_off_and_then_all_is_well() {
    let server = OwnPostgres::start().await;
    let mut stage = Stage::set(ScratchDatabase::sqlite(), &[("DATABASE__URL", &server.url)]).await;
    for number in 0..stage.size.outages {
        server.stop();
        stage.everything_is_put_off(number).await;
        server.start_again();
        stage.is_mended(number).await;
    }
    stage.tell("PostgreSQL stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nothing_comes_from_postgresql_everything_is_put_off_and_then_all_is_well() {
    let (mut stage, relay, _database) = Stage::behind_a_relay(&[]).await;
    for number in 0..stage.size.outages {
        relay.set(Flow::Held);
        stage.everything_is_put_off(number).await;
        relay.set(Flow::Forwarded);
        stage.is_mended(number).await;
    }
    stage.tell("No word from PostgreSQL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_more_requests_than_a_pool_of_one_that_hangs_all_are_put_off() {
    let (mut stage, relay, _database) = Stage::behind_a_relay(&[("DATABASE__MAX_CONNECTIONS", "1")]).await;
    for number in 0..stage.size.outages {
        relay.set(Flow::Held);
        let refresh = || {
            let body = serde_json::json!({ "refreshToken": stage.strangers[number].refresh });
            stage.node().request(Method::POST, "/auth/refresh").json(&body)
        };
        let all = join_all((0..30).map(|_| probe("a refresh", refresh()))).await;
        for probed in all {
            assert!(probed.is_put_off() && probed.took < stage.size.refused_within, "outage {number}: {probed:?}");
            stage.refused.push(probed.took);
        }
        relay.set(Flow::Forwarded);
        stage.is_mended(number).await;
    }
    stage.tell("A pool of one connection that hangs, 30 at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgresql_is_slow_what_is_done_is_done_and_the_rest_is_put_off() {
    let (mut stage, relay, _database) = Stage::behind_a_relay(&[]).await;
    for number in 0..stage.size.outages {
        relay.set(Flow::Delayed(Duration::from_millis(300)));
        stage.nothing_fails_otherwise(number).await;
        relay.set(Flow::Forwarded);
        stage.is_mended(number).await;
    }
    stage.tell("PostgreSQL answers 0.3 s later, each time");
}

/// Somebody else has locked what all want to write: the users on PostgreSQL, the whole file on SQLite.
async fn what_somebody_else_keeps_locked_is_put_off(database: ScratchDatabase, lock: &str, what: &str) {
    let mut stage = Stage::set(database, &[("DATABASE__MAX_CONNECTIONS", "4")]).await;
    let rows = stage.fleet.rows().await;
    for number in 0..stage.size.outages {
        let tx = rows.begin().await.expect("it begins");
        tx.execute_unprepared(lock).await.expect("the lock is free");
        stage.nothing_fails_otherwise(number).await;
        tx.rollback().await.expect("it ends");
        stage.is_mended(number).await;
    }
    stage.tell(what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_somebody_else_keeps_all_users_locked_nothing_fails_otherwise() {
    let database = ScratchDatabase::postgres().await;
    let lock = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
    what_somebody_else_keeps_locked_is_put_off(database, lock, "PostgreSQL, the users locked").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_process_writes_to_the_file_for_long_nothing_fails_otherwise() {
    let lock = "UPDATE users SET epoch = epoch";
    what_somebody_else_keeps_locked_is_put_off(ScratchDatabase::sqlite(), lock, "SQLite, the file locked").await;
}

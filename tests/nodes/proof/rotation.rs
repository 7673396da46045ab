//! Keys are replaced, and nobody is refused.

use std::{
    collections::{BTreeMap, HashSet},
    time::Instant,
};

use reqwest::Method;
use tokio::{sync::Mutex, time::interval};

use super::figures::{Rotation, Size};
use crate::harness::{Fleet, Node, Person, Service, steadily};

const PEOPLE: usize = 20;

/// Someone who takes another token in time.
struct Holder {
    person: Person,
    since: Instant,
}

struct Stage {
    services: [Service; 2],
    holders: Vec<Mutex<Holder>>,
    kids: std::sync::Mutex<HashSet<String>>,
    rotation: Rotation,
    fleet: Fleet,
}

impl Stage {
    async fn set(rotation: Rotation) -> Self {
        let settings = [("KEYS__CACHE_LIFE", "1s"), ("KEYS__SKEW", "5s"), ("TOKENS__ACCESS_TTL", rotation.access_ttl)];
        let fleet = Fleet::start_with(2, &settings).await;
        let services = [Service::of(fleet.nodes[0].addr).await, Service::of(fleet.nodes[1].addr).await];
        let mut holders = Vec::new();
        for n in 0..PEOPLE {
            let person = fleet.nodes[n % 2].sign_up(&format!("person{n}@example.com")).await;
            holders.push(Mutex::new(Holder { person, since: Instant::now() }));
        }
        Self { services, holders, kids: std::sync::Mutex::default(), rotation, fleet }
    }

    fn node(&self, number: usize) -> &Node {
        &self.fleet.nodes[number % 2]
    }

    /// Has the keys replaced, as often as is to be.
    async fn rotate(&self) {
        let mut ticks = interval(self.rotation.every);
        for round in 0..=self.rotation.times {
            ticks.tick().await;
            if round < self.rotation.times {
                let admin = self.node(0).sign_in("root@example.com").await;
                self.node(0).ask_as(&admin, Method::POST, "/auth/admin/keys/rotate", None).await.ok();
            }
        }
    }

    /// One of the people asks a node or a service, with a new token if theirs has got older than they like.
    async fn ask(&self, number: usize) -> String {
        let mut holder = self.holders[number % PEOPLE].lock().await;
        if holder.since.elapsed() >= self.rotation.renewed_after {
            // Signed by one node, and shown to any at once.
            holder.person = self.node(number / PEOPLE).refresh(&holder.person).await;
            holder.since = Instant::now();
            self.kids.lock().expect("not poisoned").insert(holder.person.kid());
        }
        match number / 2 % 4 {
            0 => self.node(0).me(&holder.person).await,
            1 => self.node(1).me(&holder.person).await,
            2 => self.services[0].ask(&holder.person).await,
            _ => self.services[1].ask(&holder.person).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_refused_while_keys_are_replaced() {
    let stage = Stage::set(Size::of_this_run().rotation).await;
    stage.fleet.admin().await;
    let stage = &stage;
    let outcomes = steadily(stage.rotation.load, stage.rotate(), |number| stage.ask(number)).await;
    let mut counts = BTreeMap::new();
    for outcome in &outcomes {
        *counts.entry(outcome).or_insert(0) += 1;
    }
    let keys = stage.kids.lock().expect("not poisoned").len();
    let Rotation { times, every, load, .. } = stage.rotation;
    println!("\n| Keys replaced | every | requests a second | keys that signed | answers |\n|---|---|---|---|---|");
    println!("| {times} times | {every:?} | {load} | {keys} | {counts:?} |");
    assert!(keys > times as usize, "{keys} keys have signed");
    assert_eq!(counts.keys().map(|outcome| outcome.as_str()).collect::<Vec<_>>(), ["200"]);
}

//! Random lives of a ring of signing keys, seen by nodes whose clocks differ and that learn of changes late.
//!
//! The world is one ring, which units of work change one after the other; three nodes, each with its own clock and its
//! own copy of the ring, of some seconds ago at the most; and a moment that moves on. Nodes tend the ring, operators
//! rotate it, change the algorithm and revoke keys, and every node signs all the time.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use doorward_domain::{
    Timestamp,
    key::{KeyMoments, KeyRules, KeyState, Ring, SigningKey, Step},
};
use proptest::{collection::vec, prelude::*};

const NODES: usize = 3;
/// How far each node's clock is off, in milliseconds.
const OFF: [i64; NODES] = [0, -1_000, 1_000];
/// How old a node's copy of the ring may be.
const LEARNED_WITHIN: Duration = Duration::from_secs(2);
const CACHE_LIFE: Duration = Duration::from_secs(20);
/// The least that [`OFF`] and [`LEARNED_WITHIN`] ask for, and a little.
const SKEW: Duration = Duration::from_millis(4_500);
const TOKEN_LIFE: Duration = Duration::from_secs(15);
const ROTATE_AFTER: Duration = Duration::from_secs(90);
const ALGORITHMS: [&str; 2] = ["ES256", "EdDSA"];

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Time passes, in steps of a quarter of a second.
    Wait(u16),
    /// A node does what is due.
    Tend(usize),
    /// An operator rotates, by way of a node.
    Rotate(usize),
    /// An operator revokes the key that signs, or the one of this rank.
    Revoke(usize, Option<usize>),
    /// The nodes are configured anew.
    Choose(usize),
    /// A node learns of the ring as it is.
    Learn(usize),
}

#[derive(Clone)]
struct Node {
    ring: Ring,
    learned: Timestamp,
    /// Since when it publishes each key.
    published: BTreeMap<String, Timestamp>,
}

struct World {
    now: Timestamp,
    rules: KeyRules,
    ring: Ring,
    nodes: [Node; NODES],
    made: usize,
    /// The keys that had to sign before anyone could know them.
    hurried: BTreeSet<String>,
    /// Until when what each key has signed is to be good.
    owed: BTreeMap<String, Timestamp>,
}

fn start() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
}

impl World {
    fn new() -> Self {
        let node = Node { ring: Ring::default(), learned: start(), published: BTreeMap::new() };
        let rules = KeyRules {
            algorithm: ALGORITHMS[0],
            cache_life: CACHE_LIFE,
            skew: SKEW,
            rotate_after: Some(ROTATE_AFTER),
            token_life: TOKEN_LIFE,
        };
        let mut world = Self {
            now: start(),
            rules,
            ring: Ring::default(),
            nodes: [node.clone(), node.clone(), node],
            made: 0,
            hurried: BTreeSet::new(),
            owed: BTreeMap::new(),
        };
        // A node tends the ring before it serves.
        for node in 0..NODES {
            world.tend(node);
        }
        world
    }

    fn clock(&self, node: usize) -> Timestamp {
        self.now + chrono::TimeDelta::milliseconds(OFF[node])
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Wait(quarters) => (0..quarters).for_each(|_| self.pass()),
            Act::Tend(node) => self.tend(node),
            Act::Rotate(node) => {
                if let Ok(place) = self.ring.rotate(&self.rules, self.clock(node)) {
                    self.do_step(Step::Publish(place));
                }
                self.learn(node);
            }
            Act::Revoke(node, rank) => self.revoke(node, rank),
            Act::Choose(algorithm) => self.rules.algorithm = ALGORITHMS[algorithm],
            Act::Learn(node) => self.learn(node),
        }
        self.check();
    }

    fn pass(&mut self) {
        self.now += Duration::from_millis(250);
        for node in 0..NODES {
            if self.nodes[node].learned + LEARNED_WITHIN <= self.now {
                self.tend(node);
            }
            self.sign(node);
        }
        self.check();
    }

    fn tend(&mut self, node: usize) {
        for steps in 0.. {
            assert!(steps < 10, "there is always something to do");
            let Some(step) = self.ring.due(&self.rules, self.clock(node)) else { break };
            self.do_step(step);
        }
        self.learn(node);
    }

    fn revoke(&mut self, node: usize, rank: Option<usize>) {
        let now = self.clock(node);
        let keys = self.ring.keys();
        let revoked = match rank {
            None => self.ring.signing(now),
            Some(rank) => keys.get(rank % keys.len()),
        };
        let Some(revocation) = revoked.and_then(|key| self.ring.revoke(key.id(), now)) else { return };
        self.change(revocation.id(), |moments| moments.revoked_at = Some(revocation.at()));
        self.owed.remove(revocation.id());
        if let Some(step) = self.ring.replacement(&self.rules, now) {
            self.do_step(step);
        }
        // An emergency is told to all at once: until then, they sign what is dead already.
        for node in 0..NODES {
            self.learn(node);
        }
    }

    fn do_step(&mut self, step: Step) {
        match step {
            Step::Publish(place) => {
                self.made += 1;
                let key = place.filled_by(format!("key-{}", self.made));
                if key.moments().signs_from < key.moments().published_at + CACHE_LIFE + SKEW {
                    assert_eq!(self.ring.signing(place.signs_from()), None, "no other key could sign");
                    self.hurried.insert(key.id().to_owned());
                }
                self.ring = Ring::new(self.ring.keys().iter().cloned().chain([key]).collect());
            }
            Step::Promote(promotion) => {
                self.hurried.insert(promotion.id().to_owned());
                self.change(promotion.id(), |moments| moments.signs_from = promotion.signs_from());
            }
            Step::Retire(retirement) => {
                self.change(retirement.id(), |moments| moments.retired_at = Some(retirement.at()));
            }
        }
    }

    /// As the store does it.
    fn change(&mut self, id: &str, change: impl Fn(&mut KeyMoments)) {
        let changed = self.ring.keys().iter().map(|key| {
            let mut moments = key.moments();
            if key.id() == id {
                change(&mut moments);
            }
            SigningKey::stored(key.id().to_owned(), key.algorithm().to_owned(), moments).unwrap()
        });
        self.ring = Ring::new(changed.collect());
    }

    fn learn(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        node.ring = self.ring.clone();
        node.learned = self.now;
        let held = node.ring.keys().iter().filter(|key| key.holds());
        node.published =
            held.map(|key| (key.id().to_owned(), node.published.get(key.id()).copied().unwrap_or(self.now))).collect();
    }

    /// A token, by a node's copy of the ring and its clock.
    fn sign(&mut self, node: usize) {
        let key = self.nodes[node].ring.signing(self.clock(node)).expect("a node always signs");
        let id = key.id().to_owned();
        if !self.hurried.contains(&id) {
            for other in &self.nodes {
                let since = other.published.get(&id).expect("what signs is published by every node");
                assert!(*since + CACHE_LIFE <= self.now, "{id} signs before a cached set without it is gone");
            }
        }
        if self.ring.keys().iter().any(|key| key.id() == id && key.moments().revoked_at.is_none()) {
            self.owed.insert(id, self.now + TOKEN_LIFE);
        }
    }

    fn check(&mut self) {
        let now = self.now;
        self.owed.retain(|_, until| now <= *until);
        for (node, Node { ring, published, .. }) in self.nodes.iter().enumerate() {
            let clock = self.clock(node);
            let is_due = ring.next_due(&self.rules, clock).is_some_and(|at| at <= clock);
            assert_eq!(is_due, ring.due(&self.rules, clock).is_some(), "{ring:?}");
            let states: Vec<_> = ring.keys().iter().map(|key| ring.state(key, self.clock(node))).collect();
            assert_eq!(states.iter().filter(|state| **state == KeyState::Signing).count(), 1, "{states:?}");
            for id in self.owed.keys().filter(|id| self.nodes[node].ring.keys().iter().any(|key| key.id() == *id)) {
                assert!(published.contains_key(id), "{id} is gone and its tokens are not");
            }
        }
        let ids: BTreeSet<_> = self.ring.keys().iter().map(SigningKey::id).collect();
        assert_eq!(ids.len(), self.ring.keys().len());
        // From publication to signature and from signature to signature, time only goes forward.
        let began = self.ring.keys().iter().filter(|key| key.moments().revoked_at.is_none());
        let moments: Vec<_> = began.map(|key| key.moments().signs_from).collect();
        assert!(moments.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", self.ring);
    }

    /// For how long its key has been signing, and for what it is.
    fn signing(&self) -> (Duration, &str) {
        let key = self.ring.signing(self.now).unwrap();
        ((self.now - key.moments().signs_from).to_std().unwrap_or_default(), key.algorithm())
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1_u16..60).prop_map(Act::Wait),
        2 => (60_u16..300).prop_map(Act::Wait),
        2 => (0..NODES).prop_map(Act::Tend),
        3 => (0..NODES).prop_map(Act::Rotate),
        2 => (0..NODES, proptest::option::of(0_usize..8)).prop_map(|(node, rank)| Act::Revoke(node, rank)),
        1 => (0..ALGORITHMS.len()).prop_map(Act::Choose),
        1 => (0..NODES).prop_map(Act::Learn),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_token_is_ever_signed_by_a_key_that_is_not_known_yet_or_outlives_its_key(acts in vec(act(), 1..60)) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
        }
        // Left to itself, the ring comes to rest: one key signs, which is of the right algorithm and never too old,
        // and those before it are gone.
        world.act(Act::Wait(4 * 300));
        for _ in 0..4 * 200 {
            world.pass();
            let (age, algorithm) = world.signing();
            prop_assert!(age <= ROTATE_AFTER + LEARNED_WITHIN + SKEW, "{age:?}");
            prop_assert_eq!(algorithm, world.rules.algorithm);
        }
        prop_assert!(world.ring.keys().iter().filter(|key| key.holds()).count() <= 3);
    }
}

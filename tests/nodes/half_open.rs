//! A node whose way to the database is lost without a word. Its connections look alive.

use std::time::Duration;

use doorward_infrastructure::store::scratch::ScratchDatabase;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;
use tokio::time::timeout;

use crate::harness::{Fleet, Flow, MAX_STALENESS, Node, PASSWORD, Person, Relay, number, patience, until};

const ENDED: &str = "401 session_ended";

/// Two nodes, of which the second reaches the database through a relay.
struct Stage {
    fleet: Fleet,
    relay: Relay,
}

impl Stage {
    async fn set() -> Self {
        Self::set_with(&[]).await
    }

    /// The same with other settings of the second node.
    async fn set_with(settings: &[(&str, &str)]) -> Self {
        let mut fleet = Fleet::without_nodes(ScratchDatabase::postgres().await, &[("GATE__MAX_STALENESS", "2s")]);
        let (relay, url) = Relay::before_postgres(fleet.database_url()).await;
        let second = [&[("DATABASE__URL", url.as_str())], settings].concat();
        fleet.add(&[&[], &second]).await;
        Self { fleet, relay }
    }

    /// Someone whom both nodes know.
    async fn known(&self, email: &str) -> Person {
        let someone = self.fleet.nodes[0].sign_up(email).await;
        for node in &self.fleet.nodes {
            assert_eq!(node.me(&someone).await, "200");
        }
        someone
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_does_not_hear_of_the_others_soon_lets_nobody_in_until_it_does() {
    let stage = Stage::set().await;
    let [a, b] = stage.fleet.nodes.as_slice() else { panic!("two nodes") };
    let (jane, joan) = (stage.known("jane@example.com").await, stage.known("joan@example.com").await);
    stage.relay.set(Flow::Held);
    a.sign_out(&jane).await;
    assert_eq!(a.me(&jane).await, ENDED);
    // What it knows is good for `max_staleness`; a request that is not answered from that waits for a connection.
    let closed = async || b.me(&jane).await == "503 unavailable";
    until("B lets nobody in", MAX_STALENESS, closed).await;
    assert_eq!(b.me(&joan).await, "503 unavailable");
    assert_eq!(b.get("/health/ready").await.outcome(), "503 unavailable");
    assert_eq!(b.get("/auth/revocations").await.outcome(), "503 unavailable");
    assert_eq!(a.me(&joan).await, "200");

    stage.relay.set(Flow::Forwarded);
    let mut outcomes = Vec::new();
    let is_back = async || {
        outcomes.push(b.me(&jane).await);
        b.me(&joan).await == "200"
    };
    until("B is back", patience(), is_back).await;
    assert!(outcomes.iter().all(|outcome| outcome != "200"), "{outcomes:?}");
    assert_eq!(b.me(&jane).await, ENDED);
    assert_eq!(b.get("/auth/revocations").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_connections_are_dead_for_good_goes_on_with_new_ones() {
    let stage = Stage::set().await;
    let [a, b] = stage.fleet.nodes.as_slice() else { panic!("two nodes") };
    let (jane, joan) = (stage.known("jane@example.com").await, stage.known("joan@example.com").await);
    stage.relay.strand();
    a.sign_out(&jane).await;
    // No connection that was there then tells it to B.
    until("B knows of it", patience(), async || b.me(&jane).await == ENDED).await;
    // The feed is told by what was read of the log, and by nothing else.
    let is_back = async || b.get("/auth/revocations").await.status == 200 && b.me(&joan).await == "200";
    until("B is back", patience(), is_back).await;
    assert_eq!(b.me(&jane).await, ENDED);
    a.sign_out(&joan).await;
    // Some of the dead connections may still be found out about: whoever gets one is let in no more than others.
    until("B lets nobody in", Duration::from_secs(2), async || b.me(&joan).await != "200").await;
    until("B refuses", patience(), async || b.me(&joan).await == ENDED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_gone_a_node_lives_lets_nobody_in_and_is_back_when_it_is() {
    let stage = Stage::set().await;
    let [a, b] = stage.fleet.nodes.as_slice() else { panic!("two nodes") };
    let jane = stage.known("jane@example.com").await;
    stage.relay.set(Flow::Cut);
    let closed = async || b.me(&jane).await == "503 unavailable";
    until("B lets nobody in", patience(), closed).await;
    assert_eq!(b.get("/health/ready").await.outcome(), "503 unavailable");
    assert_eq!(b.get("/health/live").await.outcome(), "200");
    let sign_in = json!({ "email": "jane@example.com", "password": PASSWORD });
    assert_eq!(b.post("/auth/login", &sign_in).await.outcome(), "503 unavailable");
    let refresh = json!({ "refreshToken": jane.refresh });
    assert_eq!(b.post("/auth/refresh", &refresh).await.outcome(), "503 unavailable");
    // Nothing of it was half done: the one refresh token is still good.
    let jane = a.refresh(&jane).await;

    stage.relay.set(Flow::Forwarded);
    let is_back = async || b.get("/health/ready").await.status == 200 && b.me(&jane).await == "200";
    until("B is back", patience(), is_back).await;
    b.refresh(&jane).await;
}

/// Changes somebody's name at a node, which locks the user's row.
async fn rename(node: &Node, who: &Person) -> String {
    node.ask_as(who, Method::PATCH, "/auth/me", Some(&json!({ "firstName": "Joan" }))).await.outcome()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_is_never_answered_is_given_up_and_its_connection_replaced() {
    let stage = Stage::set_with(&[("DATABASE__MAX_CONNECTIONS", "2")]).await;
    let b = &stage.fleet.nodes[1];
    let jane = stage.known("jane@example.com").await;
    let rows = stage.fleet.rows().await;
    let held = rows.begin().await.expect("a transaction");
    held.execute_unprepared("SELECT 1 FROM users FOR UPDATE").await.expect("nobody else has them");
    // Both connections of B wait for that row, whoever asks, and then hear nothing any more.
    let both_wait = async {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("both wait", patience(), async || number(&rows, waiting).await == 2).await;
        stage.relay.strand();
    };
    let again_and_again = async {
        loop {
            tokio::join!(rename(b, &jane), rename(b, &jane));
        }
    };
    tokio::select! {
        () = both_wait => {}
        () = again_and_again => {}
    }
    held.rollback().await.expect("it ends");
    // A request gives up in time, whatever the kernel thinks of the connection.
    let outcome = timeout(patience(), rename(b, &jane)).await.expect("an answer");
    assert!(["200", "503 unavailable"].contains(&outcome.as_str()), "{outcome}");
    until("B is back", patience(), async || rename(b, &jane).await == "200").await;
}

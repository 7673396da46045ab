//! PostgreSQL's notices only wake whoever reads the log: what is ended while they are lost is known all the same.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tokio::time::interval;

use crate::harness::{Fleet, MAX_STALENESS, number, patience, until};

/// The connections of all nodes to this database on which they are told that there is something to read.
const LISTENERS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";

/// How many nodes are told now.
pub(crate) async fn listeners(rows: &DatabaseConnection) -> i64 {
    number(rows, &format!("SELECT COUNT(*) {LISTENERS}")).await
}

/// Cuts the connections on which nodes are told, as soon as they are there, for a second; then leaves them for half a
/// second; and so on.
pub(crate) async fn cut_and_restore(rows: &DatabaseConnection) {
    const PERIOD: u32 = 150;
    let mut ticks = interval(Duration::from_millis(10));
    for tick in (0..PERIOD).cycle() {
        ticks.tick().await;
        if tick < PERIOD * 2 / 3 {
            let cut = format!("SELECT pg_terminate_backend(pid) {LISTENERS}");
            rows.execute_unprepared(&cut).await.expect("it may");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_is_known_within_the_bound_while_the_notices_are_cut_off_again_and_again() {
    let fleet = Fleet::start(2).await;
    let [a, b] = fleet.nodes.as_slice() else { panic!("two nodes") };
    let rows = fleet.rows().await;
    until("both listen", patience(), async || listeners(&rows).await == 2).await;
    let mut people = Vec::new();
    for n in 0..20 {
        let someone = a.sign_up(&format!("person{n}@example.com")).await;
        assert_eq!(b.me(&someone).await, "200");
        people.push(someone);
    }

    let is_refused = async |at: usize| b.me(&people[at]).await == "401 session_ended";
    let signing_out = async {
        for (at, someone) in people.iter().enumerate().take(15) {
            assert_eq!(b.me(someone).await, "200");
            a.sign_out(someone).await;
            until("B refuses", MAX_STALENESS, async || is_refused(at).await).await;
        }
    };
    tokio::select! {
        () = signing_out => {}
        () = cut_and_restore(&rows) => {}
    }

    until("both listen again", patience(), async || listeners(&rows).await == 2).await;
    for (at, someone) in people.iter().enumerate().skip(15) {
        a.sign_out(someone).await;
        until("B refuses", MAX_STALENESS, async || is_refused(at).await).await;
    }
    for at in 0..people.len() {
        assert!(is_refused(at).await, "person {at}");
    }
}

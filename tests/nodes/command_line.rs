//! What the command line ends is over for the servers of the same database.

use doorward_infrastructure::store::scratch::ScratchDatabase;

use crate::harness::{Fleet, MAX_STALENESS, Service, until};

const REFUSED: &str = "401 invalid_access_token";

/// Revokes a key as an operator does.
fn revoke_key(fleet: &Fleet, id: &str) {
    let revoked = fleet.command(&["keys", "revoke", id]);
    assert!(revoked.status.success(), "{revoked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_a_command_revokes_is_refused_by_every_node_and_service() {
    let fleet = Fleet::start(2).await;
    let [a, b] = fleet.nodes.as_slice() else { panic!("two nodes") };
    let service = Service::of(b.addr).await;
    let jane = a.sign_up("jane@example.com").await;
    for _ in 0..2 {
        let outcomes = (a.me(&jane).await, b.me(&jane).await, service.ask(&jane).await);
        assert_eq!(outcomes, ("200".into(), "200".into(), "200".into()));
    }
    revoke_key(&fleet, &jane.kid());
    for node in [a, b] {
        until("a node refuses", MAX_STALENESS, async || node.me(&jane).await == REFUSED).await;
    }
    until("the service refuses", MAX_STALENESS, async || service.ask(&jane).await == REFUSED).await;
    let renewed = b.refresh(&jane).await;
    assert_ne!(renewed.kid(), jane.kid());
    let outcomes = (a.me(&renewed).await, b.me(&renewed).await, service.ask(&renewed).await);
    assert_eq!(outcomes, ("200".into(), "200".into(), "200".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_sqlite_sees_what_a_command_has_ended() {
    let mut fleet = Fleet::without_nodes(ScratchDatabase::sqlite(), &[]);
    fleet.add(&[&[]]).await;
    let [server] = fleet.nodes.as_slice() else { panic!("a node") };
    let jane = server.sign_up("jane@example.com").await;
    for _ in 0..2 {
        assert_eq!(server.me(&jane).await, "200");
    }
    revoke_key(&fleet, &jane.kid());
    until("the server refuses", MAX_STALENESS, async || server.me(&jane).await == REFUSED).await;
    let renewed = server.refresh(&jane).await;
    assert_eq!(server.me(&renewed).await, "200");
}

//! A session that ends on one node has ended everywhere.

use crate::harness::{Fleet, MAX_STALENESS, Service, until};

const ENDED: &str = "401 session_ended";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_on_one_node_is_final_there_and_known_to_all_others_soon() {
    let fleet = Fleet::start(3).await;
    let [a, b, c] = fleet.nodes.as_slice() else { panic!("three nodes") };
    let service = Service::of(c.addr).await;
    let jane = a.sign_up("jane@example.com").await;
    for _ in 0..3 {
        let outcomes = (a.me(&jane).await, b.me(&jane).await, c.me(&jane).await, service.ask(&jane).await);
        assert_eq!(outcomes, ("200".into(), "200".into(), "200".into(), "200".into()));
    }
    a.sign_out(&jane).await;
    assert_eq!(a.me(&jane).await, ENDED);
    until("B refuses", MAX_STALENESS, async || b.me(&jane).await == ENDED).await;
    until("C refuses", MAX_STALENESS, async || c.me(&jane).await == ENDED).await;
    until("the service refuses", MAX_STALENESS, async || service.ask(&jane).await == ENDED).await;
    for _ in 0..10 {
        let outcomes = (b.me(&jane).await, c.me(&jane).await, service.ask(&jane).await);
        assert_eq!(outcomes, (ENDED.into(), ENDED.into(), ENDED.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_asks_doorward_nothing_when_it_is_called() {
    const CALLS: usize = 300;
    let fleet = Fleet::start(1).await;
    let [a] = fleet.nodes.as_slice() else { panic!("a node") };
    let service = Service::of(a.addr).await;
    let people = [a.sign_up("jane@example.com").await, a.sign_up("joan@example.com").await];
    let before = service.relay.paths().len();
    for call in 0..CALLS {
        assert_eq!(service.ask(&people[call % 2]).await, "200");
    }
    let asked = service.relay.paths().split_off(before);
    let is_followed = |path: &String| path.starts_with("/auth/revocations?") || path == "/.well-known/jwks.json";
    assert!(asked.iter().all(is_followed), "{asked:?}");
    assert!(asked.len() < CALLS / 10, "{asked:?}");
}

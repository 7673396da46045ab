//! A key that is revoked in an emergency is refused everywhere.

use reqwest::Method;

use crate::harness::{Fleet, MAX_STALENESS, Service, until};

const REFUSED: &str = "401 invalid_access_token";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_a_revoked_key_are_refused_everywhere_and_a_refresh_mends_it() {
    let fleet = Fleet::start(2).await;
    let [a, b] = fleet.nodes.as_slice() else { panic!("two nodes") };
    let services = [Service::of(a.addr).await, Service::of(b.addr).await];
    let admin = fleet.admin().await;
    let jane = a.sign_up("jane@example.com").await;
    for _ in 0..2 {
        assert_eq!((a.me(&jane).await, b.me(&jane).await), ("200".into(), "200".into()));
        assert_eq!((services[0].ask(&jane).await, services[1].ask(&jane).await), ("200".into(), "200".into()));
    }
    let path = format!("/auth/admin/keys/{}/revoke", jane.kid());
    a.ask_as(&admin, Method::POST, &path, None).await.ok();

    assert_eq!(a.me(&jane).await, REFUSED);
    until("B refuses", MAX_STALENESS, async || b.me(&jane).await == REFUSED).await;
    for service in &services {
        until("a service refuses", MAX_STALENESS, async || service.ask(&jane).await == REFUSED).await;
    }
    let renewed = b.refresh(&jane).await;
    assert_ne!(renewed.kid(), jane.kid());
    assert_eq!((a.me(&renewed).await, b.me(&renewed).await), ("200".into(), "200".into()));
    assert_eq!((services[0].ask(&renewed).await, services[1].ask(&renewed).await), ("200".into(), "200".into()));
    let published = b.get("/.well-known/jwks.json").await.ok();
    let ids: Vec<_> = published["keys"].as_array().expect("keys").iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(ids, [renewed.kid()]);
}

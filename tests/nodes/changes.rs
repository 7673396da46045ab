//! What is changed about somebody on one node is known on the others.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Fleet, MAX_STALENESS, Node, PASSWORD, Person, Service, until};

/// Two nodes, a service of the second, and an administrator at the first.
struct Stage {
    service: Service,
    admin: Person,
    fleet: Fleet,
}

impl Stage {
    async fn set() -> Self {
        let fleet = Fleet::start(2).await;
        let (service, admin) = (Service::of(fleet.nodes[1].addr).await, fleet.admin().await);
        Self { service, admin, fleet }
    }

    fn a(&self) -> &Node {
        &self.fleet.nodes[0]
    }

    fn b(&self) -> &Node {
        &self.fleet.nodes[1]
    }

    /// Someone whom everybody knows.
    async fn known(&self, email: &str) -> Person {
        let someone = self.a().sign_up(email).await;
        for _ in 0..2 {
            let outcomes = (self.a().me(&someone).await, self.b().me(&someone).await, self.service.ask(&someone).await);
            assert_eq!(outcomes, ("200".into(), "200".into(), "200".into()));
        }
        someone
    }

    /// What the first node says at once, the others say within the bound.
    async fn is_told_everywhere(&self, someone: &Person, outcome: &str) {
        assert_eq!(self.a().me(someone).await, outcome);
        until("B says so", MAX_STALENESS, async || self.b().me(someone).await == outcome).await;
        until("the service says so", MAX_STALENESS, async || self.service.ask(someone).await == outcome).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_role_makes_tokens_stale_everywhere_and_a_refresh_mends_it() {
    let stage = Stage::set().await;
    let jane = stage.known("jane@example.com").await;
    let path = format!("/auth/admin/users/{}", jane.claim("sub"));
    let change = json!({ "role": "EMPLOYER", "company": "Tech Corp" });
    stage.a().ask_as(&stage.admin, Method::PATCH, &path, Some(&change)).await.ok();
    stage.is_told_everywhere(&jane, "401 stale_claims").await;
    let jane = stage.b().refresh(&jane).await;
    assert_eq!(jane.claim("role"), "EMPLOYER");
    stage.is_told_everywhere(&jane, "200").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_deactivated_is_refused_everywhere() {
    let stage = Stage::set().await;
    let (jane, joan) = (stage.known("jane@example.com").await, stage.known("joan@example.com").await);
    let path = format!("/auth/admin/users/{}/deactivate", jane.claim("sub"));
    stage.a().ask_as(&stage.admin, Method::POST, &path, None).await.ok();
    stage.is_told_everywhere(&jane, "401 session_ended").await;
    stage.is_told_everywhere(&joan, "200").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_password_ends_the_other_sessions_everywhere() {
    let stage = Stage::set().await;
    let there = stage.known("jane@example.com").await;
    let here = stage.a().sign_in("jane@example.com").await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "a louder harbour at noon" });
    stage.a().ask_as(&here, Method::POST, "/auth/change-password", Some(&change)).await.ok();
    stage.is_told_everywhere(&there, "401 session_ended").await;
}

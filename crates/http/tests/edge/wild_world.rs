//! A world in which any request is made: people of each role, and what they hold.

use serde_json::json;

use crate::{
    answer::Answer,
    harness::{TestEdge, admin},
    wild_request::wild_request,
};

/// An edge with a candidate, an employer and an administrator, and all that a request could name of it.
pub(crate) struct WildWorld {
    edge: TestEdge,
    known: Vec<String>,
}

impl WildWorld {
    pub(crate) async fn new() -> Self {
        let mut edge = TestEdge::new();
        edge.settings.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        let mut known = Vec::new();
        let employer = json!({"email": "other@example.com", "role": "EMPLOYER", "company": "Tech Corp"});
        for person in [edge.jane().await, edge.person(employer).await, admin(&edge).await] {
            known.extend([person.access, person.refresh]);
        }
        known.extend(edge.store.users().iter().map(|user| user.id.to_string()));
        Self { edge, known }
    }

    /// Makes the request that these bytes are, and looks at the answer: it is no failure of the server's own, it is
    /// what every answer must be, and it leads nobody elsewhere.
    pub(crate) async fn ask(&mut self, bytes: &[u8]) -> Answer {
        let request = wild_request(bytes, &self.known);
        let method = request.to_http_request().method().clone();
        let answer = self.edge.call(wild_request(bytes, &self.known)).await;
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
        if let Some(location) = answer.header("location") {
            let is_here = location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
            assert!(is_here, "{location:?} leads elsewhere");
        }
        // What was done is undone, so that what a request gets depends on its own bytes alone.
        if answer.status < 400 && !method.is_safe() {
            *self = Self::new().await;
        }
        answer
    }
}

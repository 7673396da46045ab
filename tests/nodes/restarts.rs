//! Nodes start and stop while others serve.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::harness::{Fleet, Node, Person, Reply, steadily};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_on_an_empty_database_publish_one_key() {
    let fleet = Fleet::start(3).await;
    let mut sets = Vec::new();
    for node in &fleet.nodes {
        sets.push(node.get("/.well-known/jwks.json").await.ok());
    }
    assert_eq!(sets[0]["keys"].as_array().map(Vec::len), Some(1), "{sets:?}");
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
}

/// Asks one node, and when that cannot be reached the other: what any client and any load balancer does.
async fn ask_any(nodes: [&Node; 2], method: Method, path: &str, token: Option<&str>, body: &Value) -> Reply {
    let mut failure = None;
    for node in nodes.iter().cycle().take(50) {
        let request = node.request(method.clone(), path).json(body);
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        match Reply::try_of(request).await {
            Ok(reply) => return reply,
            Err(error) => failure = Some(error),
        }
    }
    panic!("no node answers: {failure:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarting_one_node_after_the_other_costs_nobody_the_session() {
    const PEOPLE: usize = 10;
    let fleet = Fleet::start(2).await;
    let [a, b] = fleet.nodes.as_slice() else { panic!("two nodes") };
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(Mutex::new(a.sign_up(&format!("person{n}@example.com")).await));
    }
    let (a, b, people) = (&a, &b, &people);
    let restarts = async {
        for node in [a, b, a, b] {
            node.stop().await;
            node.start();
            node.ready().await;
        }
    };
    let outcomes = steadily(40, restarts, |number| async move {
        let nodes = if number % 2 == 0 { [*a, *b] } else { [*b, *a] };
        let mut person = people[number % PEOPLE].lock().await;
        if (number + number / PEOPLE) % 5 == 4 {
            let body = json!({ "refreshToken": person.refresh });
            let reply = ask_any(nodes, Method::POST, "/auth/refresh", None, &body).await;
            if reply.status == 200 {
                *person = Person::of(&reply.body);
            }
            return reply.outcome();
        }
        ask_any(nodes, Method::GET, "/auth/me", Some(&person.access), &Value::Null).await.outcome()
    })
    .await;
    assert!(outcomes.len() > 20, "{}", outcomes.len());
    assert!(outcomes.iter().all(|outcome| outcome == "200"), "{outcomes:?}\n{}", fleet.troubles());
    for person in people {
        let person = person.lock().await;
        assert_eq!((a.me(&person).await, b.me(&person).await), ("200".into(), "200".into()));
    }
}

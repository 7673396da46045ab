//! What becomes of clients when a node stops.

use std::{
    io::ErrorKind,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::{
    net::TcpListener,
    time::{interval, timeout},
};

use crate::harness::{Fleet, Node, PASSWORD, Wire, get, patience, until};

/// One node on SQLite.
async fn one(settings: &[(&str, &str)]) -> Fleet {
    let mut fleet = Fleet::without_nodes(ScratchDatabase::sqlite(), settings);
    fleet.add(&[&[]]).await;
    fleet
}

/// What a client saw until nobody listened any more.
#[derive(Default)]
struct Seen {
    answered: usize,
    told_to_go: usize,
    lost: Vec<String>,
}

/// Asks again and again, twenty times a second, on connections that are kept or on a new one each time, until nobody
/// listens. `begun` counts what all clients have asked.
async fn ask_until_nobody_listens(node: &Node, request: &str, kept: bool, begun: &AtomicUsize) -> Seen {
    let (mut seen, mut wire) = (Seen::default(), None);
    let mut ticks = interval(Duration::from_millis(50));
    loop {
        ticks.tick().await;
        let mut connected = match wire.take() {
            Some(wire) => wire,
            None => match Wire::connect(node.addr).await {
                Ok(wire) => wire,
                Err(_) => return seen,
            },
        };
        begun.fetch_add(1, Ordering::Relaxed);
        // What was sent must be answered.
        let answer = match connected.send(request).await {
            Ok(()) => connected.answer().await,
            Err(cause) => Err(cause),
        };
        match answer {
            Ok(answer) if answer.status == 200 => {
                seen.answered += 1;
                seen.told_to_go += usize::from(answer.is_last);
                wire = (kept && !answer.is_last).then_some(connected);
            }
            other => seen.lost.push(format!("{other:?}")),
        }
    }
}

/// Stops a node to which 25 clients send 500 requests a second.
async fn stop_under_load(kept: bool) {
    const CLIENTS: usize = 25;
    let fleet = one(&[]).await;
    let node = &fleet.nodes[0];
    let request = get("/auth/me", &node.sign_up("jane@example.com").await.access);
    let begun = AtomicUsize::new(0);
    let clients = (0..CLIENTS).map(|_| ask_until_nobody_listens(node, &request, kept, &begun));
    let stop = async {
        let is_busy = async || begun.load(Ordering::Relaxed) > 500;
        until("the node is busy", patience(), is_busy).await;
        node.stop().await;
    };
    let (seen, ()) = tokio::join!(join_all(clients), stop);
    let lost: Vec<_> = seen.iter().flat_map(|seen| &seen.lost).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(seen.iter().all(|seen| seen.answered > 0));
    if kept {
        let told = seen.iter().filter(|seen| seen.told_to_go == 1).count();
        assert_eq!(told, CLIENTS, "each is told by an answer that it is the last");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_under_load_answers_every_request_that_came_on_a_kept_connection() {
    stop_under_load(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_under_load_answers_every_request_that_came_on_a_new_connection() {
    stop_under_load(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_drains_says_that_it_is_not_ready_and_serves_until_it_is_asked_again() {
    let fleet = one(&[("HTTP__DRAIN", "5m")]).await;
    let node = &fleet.nodes[0];
    let jane = node.sign_up("jane@example.com").await;
    node.ask_to_stop();
    let is_leaving = async || node.get("/health/ready").await.outcome() == "503 unavailable";
    until("it says that it is not ready", patience(), is_leaving).await;
    assert_eq!(node.get("/health/live").await.status, 200);
    assert_eq!(node.me(&jane).await, "200");
    let mut wire = Wire::connect(node.addr).await.expect("it takes in who is new");
    wire.send(&get("/auth/me", &jane.access)).await.expect("it is sent");
    let answer = wire.answer().await.expect("an answer");
    assert!((answer.status, answer.is_last) == (200, false), "{answer:?}");
    node.ask_to_stop();
    assert_eq!(node.exit_code().await, Some(1), "whoever asks twice does not wait");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_idle_or_never_finish_do_not_keep_a_node_from_stopping() {
    let fleet = one(&[]).await;
    let node = &fleet.nodes[0];
    let mut idle = Wire::connect(node.addr).await.expect("a connection");
    idle.send(&get("/health/live", "")).await.expect("it is sent");
    assert!(!idle.answer().await.expect("an answer").is_last);
    let mut half_a_head = Wire::connect(node.addr).await.expect("a connection");
    half_a_head.send("GET /health/live HTTP/1.1\r\nHost:").await.expect("it is sent");
    let mut half_a_body = Wire::connect(node.addr).await.expect("a connection");
    let begun = "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    half_a_body.send(begun).await.expect("it is sent");
    // `stop` waits for it no longer than any test does, and it must end in order.
    node.stop().await;
    for mut wire in [idle, half_a_head, half_a_body] {
        timeout(patience(), wire.closed()).await.expect("closed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_does_not_wait_for_its_background_jobs_before_it_stops_listening() {
    // A mail server that says nothing: whoever sends a mail waits.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", silent.local_addr().expect("an address"));
    let fleet = one(&[("MAIL__TRANSPORT", "smtp"), ("MAIL__SMTP_URL", &url), ("MAIL__SMTP_TLS", "none")]).await;
    let node = &fleet.nodes[0];
    node.sign_up("jane@example.com").await;
    let (job, _) = timeout(patience(), silent.accept()).await.expect("a mail is sent").expect("a connection");
    let stopped = async {
        let nobody_listens = async || Wire::connect(node.addr).await.is_err();
        until("nobody listens", patience(), nobody_listens).await;
        let state = job.try_read(&mut [0; 64]).map_err(|error| error.kind());
        assert_eq!(state, Err(ErrorKind::WouldBlock), "the job is still at it");
        assert_eq!(node.exit_code().await, Some(0), "{}", node.log());
    };
    node.ask_to_stop();
    stopped.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_body_is_still_coming_is_answered_by_a_node_that_stops() {
    let fleet = one(&[]).await;
    let node = &fleet.nodes[0];
    node.sign_up("jane@example.com").await;
    let body = json!({ "email": "jane@example.com", "password": PASSWORD }).to_string();
    let mut wire = Wire::connect(node.addr).await.expect("a connection");
    let request = format!(
        "{} /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        Method::POST,
        body.len(),
    );
    // The rest of the body comes when nobody new is let in any more.
    let (first, rest) = request.split_at(request.len() - 1);
    wire.send(first).await.expect("it is sent");
    node.ask_to_stop();
    until("nobody listens", patience(), async || Wire::connect(node.addr).await.is_err()).await;
    wire.send(rest).await.expect("it is sent");
    let answer = wire.answer().await.expect("an answer");
    assert!((answer.status, answer.is_last) == (200, true), "{answer:?}");
    assert_eq!(node.exit_code().await, Some(0));
}

//! Who waits for a password to be hashed.

use std::io::Write as _;

use serde_json::json;

use crate::app::{Database::*, TestApp};

/// Long enough for the next request to come in meanwhile; a slower machine takes longer.
const SLOW: &[(&str, &str)] = &[
    ("PASSWORDS__MAX_CONCURRENT_HASHES", "1"),
    ("PASSWORDS__ARGON2_MEMORY_KIB", "131072"),
    ("PASSWORDS__ARGON2_ITERATIONS", "8"),
];

fn sign_in(name: &str) -> String {
    let body = json!({ "username": name, "password": "not the password" }).to_string();
    let length = body.len();
    format!(
        "POST /auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_of_a_client_that_has_left_is_not_hashed() {
    let app = TestApp::start_with(Sqlite, SLOW).await;
    let connect = || std::net::TcpStream::connect(app.url().trim_start_matches("http://")).expect("a connection");
    let reserved = async |rows: i64| while app.rows("attempts").await < rows {};
    let refused = || app.texts("SELECT kind FROM audit_events WHERE kind = 'sign_in_failed'");

    let mut stays = connect();
    stays.write_all(sign_in("stays").as_bytes()).expect("it is sent");
    // The account, its address, and both together.
    reserved(3).await;
    let mut leaves = connect();
    leaves.write_all(sign_in("leaves").as_bytes()).expect("it is sent");
    reserved(5).await;
    drop(leaves);
    // Passwords are hashed in the order in which they came. Where the queue is full, this one is told to come again.
    loop {
        let last = app.post("/auth/login", &json!({ "username": "last", "password": "not the password" })).await;
        if last.status.as_u16() == 401 {
            break;
        }
        last.problem(503, "overloaded");
    }
    assert_eq!(refused().await.len(), 2, "who stayed, and the last");
    drop(stays);
}

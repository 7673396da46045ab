//! Where one request ends and the next begins: whoever reads that in another way than a proxy before it lets one
//! client write into another's request.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::app::{Database::Sqlite, TestApp};

/// What a request ends with, whose body another reader would take for a second request.
const HIDDEN: &str = "0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

/// The status of each answer to these bytes, until the server hangs up.
fn statuses(address: &str, bytes: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(bytes.as_bytes()).expect("it is taken");
    stream.shutdown(std::net::Shutdown::Write).expect("no more is sent");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("the server hangs up");
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].to_owned()).collect()
}

#[tokio::test]
async fn a_request_whose_length_can_be_read_in_two_ways_is_refused() {
    let app = TestApp::start(Sqlite).await;
    let address = app.url().trim_start_matches("http://").to_owned();
    let ask = move |heads: &[&str]| {
        let heads = heads.join("\r\n");
        let bytes = format!("POST /auth/login HTTP/1.1\r\nHost: x\r\n{heads}\r\n\r\n{HIDDEN}");
        statuses(&address, &bytes)
    };
    let answers = tokio::task::spawn_blocking(move || {
        [
            ask(&["Content-Length: 5", "Transfer-Encoding: chunked"]),
            ask(&["Transfer-Encoding: chunked", "Content-Length: 48"]),
            ask(&["Content-Length: 5", "Content-Length: 6"]),
            ask(&["Content-Length: 5, 5"]),
            ask(&["Content-Length: +5"]),
            ask(&["Content-Length: -1"]),
            ask(&["Transfer-Encoding: chunked, identity"]),
            ask(&["Transfer-Encoding: xchunked"]),
            ask(&["Content-Length : 5"]),
        ]
    });
    for (case, answered) in answers.await.expect("answers").into_iter().enumerate() {
        assert_eq!(answered, ["400"], "case {case}");
    }
}

//! Traces: the binary sends them to a collector that stands here.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::File,
    path::Path,
    sync::{Arc, Mutex},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span, Status, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    app::{PASSWORD, person},
    processes::Process,
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Takes what is posted to it, for as long as it lives.
#[derive(Clone, Default)]
struct Collector {
    posts: Arc<Mutex<Vec<Post>>>,
}

struct Post {
    head: String,
    batch: ExportTraceServiceRequest,
}

impl Collector {
    /// Listens, and says where.
    async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let collector = Self::default();
        let taking = collector.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(taking.clone().take(stream));
            }
        });
        (collector, url)
    }

    async fn take(self, mut stream: TcpStream) -> Option<()> {
        let mut read = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                    break end + 4;
                }
                if stream.read_buf(&mut read).await.ok()? == 0 {
                    return None;
                }
            };
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length: usize = head.split("content-length: ").nth(1)?.lines().next()?.parse().ok()?;
            while read.len() < end + length {
                stream.read_buf(&mut read).await.ok()?;
            }
            let batch = ExportTraceServiceRequest::decode(&read[end..end + length]).expect("protobuf");
            self.posts.lock().expect("not poisoned").push(Post { head, batch });
            read.drain(..end + length);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.ok()?;
        }
    }

    fn heads(&self) -> Vec<String> {
        self.posts.lock().expect("not poisoned").iter().map(|post| post.head.clone()).collect()
    }

    /// All spans so far.
    fn spans(&self) -> Vec<Span> {
        let posts = self.posts.lock().expect("not poisoned");
        let resources = posts.iter().flat_map(|post| &post.batch.resource_spans);
        resources.flat_map(|of| &of.scope_spans).flat_map(|of| of.spans.clone()).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a span says of itself.
fn attributes(span: &Span) -> HashMap<String, String> {
    let text = |value: &opentelemetry_proto::tonic::common::v1::AnyValue| format!("{:?}", value.value);
    span.attributes.iter().map(|pair| (pair.key.clone(), pair.value.as_ref().map(text).unwrap_or_default())).collect()
}

/// Starts the binary with settings of its own, its log in a file.
async fn serve(dir: &Path, settings: &[(&str, &str)]) -> Process {
    let log = File::create(dir.join("log")).expect("a file");
    let database = format!("sqlite://{}", dir.join("doorward.db").display());
    let mut all = vec![("LOG__FORMAT", "json"), ("LOG__LEVEL", "info")];
    all.extend(settings);
    let process = Process::launch_logging(dir, &database, &all, log);
    process.ready().await;
    process
}

fn log(dir: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join("log")).expect("a log");
    // What stands before it is for people who try it.
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_goes_on_with_its_trace_and_what_is_left_is_sent_when_the_server_stops() {
    let dir = tempfile::tempdir().expect("a folder");
    let (collector, url) = Collector::start().await;
    let settings = [
        ("TRACING__ENDPOINT", url.as_str()),
        ("TRACING__SAMPLE_RATIO", "0"),
        ("TRACING__SERVICE_NAME", "the-door"),
        ("TRACING__HEADERS", "X-Key=only-for-the-collector"),
        ("HTTP__TRUSTED_PROXIES", "127.0.0.0/8"),
    ];
    let mut process = serve(dir.path(), &settings).await;
    process.post("/auth/register", &person("jane@example.com")).await.expect("an answer").ok(201);
    let login = json!({ "email": "jane@example.com", "password": PASSWORD });
    let client = reqwest::Client::new();
    let sign_in = |traceparent: String| {
        let request = client.post(format!("{}/auth/login", process.url())).json(&login);
        request.header("traceparent", traceparent).header("x-request-id", "mine-1").send()
    };
    let answer = sign_in(format!("00-{TRACE}-{PARENT}-01")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    // Not to be recorded, and no trace at all.
    for other in [format!("00-{TRACE}-{PARENT}-00"), "00-nonsense-01".to_owned(), String::new()] {
        assert_eq!(sign_in(other).await.expect("an answer").status(), 200);
    }
    assert!(process.stop().success());

    let spans = collector.spans();
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE), "{spans:?}");
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "POST /auth/login").collect();
    assert_eq!(requests.len(), 1, "{spans:?}");
    let request = requests[0];
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind()), (PARENT, SpanKind::Server));
    let said = attributes(request);
    assert!(said["http.route"].contains("/auth/login"), "{said:?}");
    assert!(said["http.response.status_code"].contains("200"), "{said:?}");
    assert!(said["doorward.request_id"].contains("mine-1"), "{said:?}");
    for name in ["password.hash", "database.unit"] {
        let inside = spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}: {spans:?}"));
        assert_eq!(inside.parent_span_id, request.span_id, "{name}");
    }
    let heads = collector.heads();
    assert!(heads.iter().all(|head| head.starts_with("post /v1/traces ")), "{heads:?}");
    assert!(heads.iter().all(|head| head.contains("x-key: only-for-the-collector")), "{heads:?}");
    let resources = format!("{:?}", collector.posts.lock().expect("not poisoned")[0].batch.resource_spans[0].resource);
    assert!(resources.contains("the-door"), "{resources}");
    let told = format!("{spans:?}");
    for secret in ["jane", PASSWORD, "argon2", "127.0.0.1"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    // The log's lines join on both.
    let lines = log(dir.path());
    let of_trace = |line: &&Value| line["spans"][0]["trace_id"] == TRACE && line["spans"][0]["request_id"] == "mine-1";
    let answered: Vec<_> = lines.iter().filter(of_trace).filter(|line| line["message"] == "answered").collect();
    // That of the trace that is not recorded, too.
    assert_eq!(answered.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| !line.to_string().contains("only-for-the-collector")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_chooses_the_trace_and_not_whether_it_is_recorded() {
    let dir = tempfile::tempdir().expect("a folder");
    let (collector, url) = Collector::start().await;
    let ask = async |process: &Process, flags: &str| {
        let request = reqwest::Client::new().get(format!("{}/nothing/here", process.url()));
        let answer = request.header("traceparent", format!("00-{TRACE}-{PARENT}-{flags}")).send().await;
        assert_eq!(answer.expect("an answer").status(), 404);
    };
    let mut none = serve(dir.path(), &[("TRACING__ENDPOINT", &url), ("TRACING__SAMPLE_RATIO", "0")]).await;
    ask(&none, "01").await;
    assert!(none.stop().success());
    assert_eq!(collector.spans().len(), 0);

    let mut all = serve(dir.path(), &[("TRACING__ENDPOINT", &url), ("TRACING__SAMPLE_RATIO", "1")]).await;
    ask(&all, "00").await;
    assert!(all.stop().success());
    let spans = collector.spans();
    let ours = spans.iter().find(|span| span.name == "GET").expect("the request");
    assert_eq!((hex(&ours.trace_id).as_str(), hex(&ours.parent_span_id).as_str()), (TRACE, PARENT));
    assert_ne!(ours.status.as_ref().map(Status::code), Some(StatusCode::Error), "a 404 is the client's");
    let roots = spans.iter().filter(|span| span.parent_span_id.is_empty());
    assert!(roots.clone().all(|span| span.kind() == SpanKind::Server), "jobs are in no trace: {spans:?}");
    assert!(roots.count() >= 1, "{spans:?}");
}

fn is_about_traces(message: &str) -> bool {
    message.contains("traces are not taken") || message.contains("the last spans were not sent")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_takes_nothing_keeps_nobody_waiting() {
    let dir = tempfile::tempdir().expect("a folder");
    // It accepts, because the system does, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let mut process = serve(dir.path(), &[("TRACING__ENDPOINT", &url), ("TRACING__SAMPLE_RATIO", "1")]).await;
    let client = reqwest::Client::new();
    // More spans than the queue holds.
    for _ in 0..5_000 {
        let answer = client.get(format!("{}/health/live", process.url())).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    assert!(process.stop().success());
    let told = log(dir.path()).iter().filter(|line| line["message"].as_str().is_some_and(is_about_traces)).count();
    assert!((1..=2).contains(&told), "it is told when they are not taken, and not of each");
    drop(silent);
}

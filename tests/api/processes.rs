//! The binary itself: two processes on one database, and what survives the end of one.

use std::{
    collections::HashSet,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::OnceLock,
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use crate::{
    answer::Answer,
    app::{Database, Database::*, PASSWORD, person},
};

/// The binary, serving in a process of its own until this is dropped.
pub(crate) struct Process {
    child: Child,
    url: String,
    client: reqwest::Client,
    /// Keeps the port from all others, whom the system could give it to before the process listens on it.
    _port: TcpSocket,
}

impl Process {
    /// Starts the binary in `dir` on this database and waits until it is ready.
    pub(crate) async fn start(dir: &Path, database_url: &str) -> Self {
        let process = Self::launch(dir, database_url);
        process.ready().await;
        process
    }

    /// Starts the binary and does not wait.
    pub(crate) fn launch(dir: &Path, database_url: &str) -> Self {
        Self::launch_with(dir, database_url, "")
    }

    /// The same, with other settings, each `SECTION__KEY` and value, and its log in a file.
    pub(crate) fn launch_logging(dir: &Path, database_url: &str, settings: &[(&str, &str)], log: File) -> Self {
        Self::spawn(dir, database_url, "", settings, log.into())
    }

    /// The same, in a shell that was prepared.
    pub(crate) fn launch_with(dir: &Path, database_url: &str, prepare: &str) -> Self {
        Self::spawn(dir, database_url, prepare, &[], Stdio::null())
    }

    fn spawn(dir: &Path, database_url: &str, prepare: &str, settings: &[(&str, &str)], log: Stdio) -> Self {
        let port = TcpSocket::new_v4().expect("a socket");
        // As the process does: a port is for both of them as long as one of them alone listens.
        port.set_reuseaddr(true).expect("a socket");
        port.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let addr = port.local_addr().expect("an address").to_string();
        let child = Command::new("bash")
            .args(["-c", &format!("{prepare} exec \"$0\" serve")])
            .arg(binary())
            .current_dir(dir)
            .env("DOORWARD__HTTP__ADDRESS", &addr)
            .env("DOORWARD__HTTP__PUBLIC_URL", "http://127.0.0.1:8080")
            .env("DOORWARD__DATABASE__URL", database_url)
            .env("DOORWARD__SECRETS__MASTER", "a master secret for tests, which is long enough")
            .env("DOORWARD__PASSWORDS__ARGON2_MEMORY_KIB", "64")
            .env("DOORWARD__PASSWORDS__ARGON2_ITERATIONS", "1")
            .env("DOORWARD__LOG__LEVEL", "warn")
            .envs(settings.iter().map(|(key, value)| (format!("DOORWARD__{key}"), value)))
            .stdout(log)
            .spawn()
            .expect("the binary starts");
        Self { child, url: format!("http://{addr}"), client: reqwest::Client::new(), _port: port }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it is ready; a process that ends instead is a failure.
    pub(crate) async fn ready(&self) {
        for _ in 0..2_400 {
            let health = self.client.get(format!("{}/health/ready", self.url)).send().await;
            if health.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("{} is not ready after a minute", self.url);
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Option<Answer> {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await.ok()?;
        // A connection that broke in the middle of an answer has acknowledged nothing.
        let status = response.status();
        let headers = response.headers().clone();
        let text = response.text().await.ok()?;
        let body = serde_json::from_str(&text).ok()?;
        Some(Answer { status, headers, text, body })
    }

    pub(crate) async fn me(&self, token: &str) -> u16 {
        let request = self.client.get(format!("{}/auth/me", self.url)).bearer_auth(token);
        request.send().await.expect("an answer").status().as_u16()
    }

    /// Lets the process write files of any length from here on.
    pub(crate) fn lift_file_limit(&self) {
        let unlimited = rustix::process::Rlimit { current: None, maximum: None };
        rustix::process::prlimit(Some(self.id()), rustix::process::Resource::Fsize, unlimited).expect("it is ours");
    }

    fn id(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.id().try_into().expect("a process id")).expect("not zero")
    }

    /// Asks it to stop, and says how it ended.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        rustix::process::kill_process(self.id(), rustix::process::Signal::TERM).expect("it was running");
        self.child.wait().expect("it ends")
    }

    /// `kill -9`, while others still hold the process.
    pub(crate) fn kill(&self) {
        rustix::process::kill_process(self.id(), rustix::process::Signal::KILL).expect("it was running");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary, built once if it is not there.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            // As `make test` builds it, so that nothing is built twice.
            .args(["build", "--quiet", "--workspace", "--bins"])
            .status()
            .expect("cargo runs");
        assert!(built.success(), "`cargo build --workspace --bins` failed");
        let this = std::env::current_exe().expect("this program has a path");
        this.parent().and_then(Path::parent).expect("a target folder").join("doorward")
    })
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_start_on_one_empty_database_serve_as_one(#[values(Sqlite, Postgres)] on: Database) {
    let dir = tempfile::tempdir().expect("a folder");
    let database = match on {
        Sqlite => ScratchDatabase::sqlite(),
        Postgres => ScratchDatabase::postgres().await,
    };
    let (a, b) = (Process::launch(dir.path(), database.url()), Process::launch(dir.path(), database.url()));
    tokio::join!(a.ready(), b.ready());
    let body = a.post("/auth/register", &person("jane@example.com")).await.expect("an answer").ok(201);
    let access = body["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!((a.me(access).await, b.me(access).await), (200, 200));

    // A token signed by each is good at both; an end told to one is known to the other for the next request.
    let login = json!({ "email": "jane@example.com", "password": PASSWORD });
    let body = b.post("/auth/login", &login).await.expect("an answer").ok(200);
    let token = body["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!(a.me(token).await, 200);
    let refresh = json!({ "refreshToken": body["tokens"]["refreshToken"] });
    a.post("/auth/logout", &refresh).await.expect("an answer").ok(200);
    assert_eq!((a.me(token).await, b.me(token).await), (401, 401));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_two_processes_give_one_successor() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = ScratchDatabase::postgres().await;
    let a = Process::start(dir.path(), database.url()).await;
    let b = Process::start(dir.path(), database.url()).await;
    let body = a.post("/auth/register", &person("jane@example.com")).await.expect("an answer").ok(201);
    let mut tokens = body["tokens"].clone();
    for round in 0..100 {
        let refresh = json!({ "refreshToken": tokens["refreshToken"] });
        let answers = join_all((0..50).map(|n| if n % 2 == 0 { &a } else { &b }.post("/auth/refresh", &refresh))).await;
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer").ok(200)).collect();
        let successors: HashSet<_> =
            answers.iter().map(|answer| answer["tokens"]["refreshToken"].to_string()).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        tokens = answers[0]["tokens"].clone();
    }
    let access = tokens["accessToken"].as_str().expect("a token");
    assert_eq!((a.me(access).await, b.me(access).await), (200, 200));
}

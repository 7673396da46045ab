//! One of several processes that serve one database.

use std::{
    fs::{self, OpenOptions},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
};

use reqwest::{Client, Method, RequestBuilder};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::{
    free_addr, patience,
    person::{PASSWORD, Person, Reply, client},
    until,
};

/// What clients call all nodes by.
pub(crate) const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// A process of doorward, which ends when this is dropped.
pub(crate) struct Node {
    child: Mutex<Option<Child>>,
    pub(crate) addr: SocketAddr,
    dir: PathBuf,
    settings: Vec<(String, String)>,
    client: Client,
}

impl Node {
    /// Starts one with these settings, each `SECTION__KEY` and value, and does not wait. `dir` is its own.
    pub(super) fn launch(dir: PathBuf, settings: Vec<(String, String)>) -> Self {
        let node = Self { child: Mutex::default(), addr: free_addr(), dir, settings, client: client() };
        node.start();
        node
    }

    /// Starts the process, whose log goes on in the same file, and does not wait.
    pub(crate) fn start(&self) {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).expect("a file");
        let child = doorward(&self.dir, &self.settings)
            .arg("serve")
            .env("DOORWARD__HTTP__ADDRESS", self.addr.to_string())
            .stdout(log)
            .spawn()
            .expect("the binary starts");
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    }

    /// Waits until it is ready; a process that ends instead is a failure.
    pub(crate) async fn ready(&self) {
        let is_ready = async || {
            let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(Child::try_wait);
            assert!(matches!(ended, Some(Ok(None))), "{ended:?}: {}", self.log());
            let answer = self.request(Method::GET, "/health/ready").send().await;
            answer.is_ok_and(|answer| answer.status().is_success())
        };
        until(&format!("{} is ready", self.addr), patience(), is_ready).await;
    }

    /// Asks the process to stop, and waits until it has.
    pub(crate) async fn stop(&self) {
        self.ask_to_stop();
        assert_eq!(self.exit_code().await, Some(0), "{}", self.log());
    }

    /// Asks the process to stop, and does not wait.
    pub(crate) fn ask_to_stop(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        kill_process(pid(child.as_ref().expect("a process")), Signal::TERM).expect("it runs");
    }

    /// Waits until the process has ended, and says how. Nothing, if a signal ended it.
    pub(crate) async fn exit_code(&self) -> Option<i32> {
        let mut status = None;
        let has_ended = async || {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            status = child.as_mut().expect("a process").try_wait().expect("it is ours");
            status.is_some()
        };
        until(&format!("{} has stopped", self.addr), patience(), has_ended).await;
        status.and_then(|status| status.code())
    }

    /// Ends the process as nothing else does: `kill -9`.
    pub(crate) fn kill(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut child = child.expect("a process");
        child.kill().expect("it runs");
        child.wait().expect("it is ours");
    }

    fn log_file(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// What it has logged so far: an object of JSON a line.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).expect("a log")
    }

    /// How many requests of this route it has answered.
    pub(crate) fn answered(&self, route: &str) -> usize {
        let field = format!("\"route\":\"{route}\"");
        self.log().lines().filter(|line| line.contains(&field)).count()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url()))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    /// What somebody who is signed in asks for.
    pub(crate) async fn ask_as(&self, who: &Person, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.request(method, path).bearer_auth(&who.access);
        Reply::of(body.into_iter().fold(request, RequestBuilder::json)).await
    }

    /// What became of `GET /auth/me`, as in `200` and `401 session_ended`.
    pub(crate) async fn me(&self, who: &Person) -> String {
        self.ask_as(who, Method::GET, "/auth/me", None).await.outcome()
    }

    pub(crate) async fn sign_up(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" });
        Person::of(&self.post("/auth/register", &body).await.ok())
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD });
        Person::of(&self.post("/auth/login", &body).await.ok())
    }

    pub(crate) async fn refresh(&self, who: &Person) -> Person {
        let body = json!({ "refreshToken": who.refresh });
        Person::of(&self.post("/auth/refresh", &body).await.ok())
    }

    pub(crate) async fn sign_out(&self, who: &Person) {
        self.ask_as(who, Method::POST, "/auth/logout", None).await.ok();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The id of a process of ours.
pub(crate) fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("a process id")).expect("not zero")
}

/// The binary with the settings of all nodes and these, in a folder.
pub(super) fn doorward(dir: &Path, settings: &[(String, String)]) -> Command {
    const OURS: [(&str, &str); 5] = [
        ("HTTP__PUBLIC_URL", PUBLIC_URL),
        ("SECRETS__MASTER", "a master secret for tests, which is long enough"),
        ("PASSWORDS__ARGON2_MEMORY_KIB", "64"),
        ("PASSWORDS__ARGON2_ITERATIONS", "1"),
        ("LOG__FORMAT", "json"),
    ];
    let mut command = Command::new(binary());
    command.current_dir(dir).stdin(Stdio::null());
    for (key, value) in OURS {
        command.env(format!("DOORWARD__{key}"), value);
    }
    for (key, value) in settings {
        command.env(format!("DOORWARD__{key}"), value);
    }
    command
}

/// The binary that `DOORWARD_BIN` names, else one that is built once if it is not there.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings; `make prove-nodes` sets it")]
        if let Some(binary) = std::env::var_os("DOORWARD_BIN") {
            return binary.into();
        }
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

//! Two nodes behind nginx, set up as docs/topics/several-nodes.md says.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    os::unix::{fs::chown, process::CommandExt as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::{Certificate, Client, Method, RequestBuilder};
use rustix::process::{Signal, geteuid, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::harness::{
    Fleet, MAX_STALENESS, PASSWORD, PUBLIC_URL, Person, Reply, Service, free_addr, patience, pid, steadily, until,
};

const HOST: &str = "auth.example.com";
const SITE: &str = "https://auth.example.com";

/// nginx with the block of the docs, in front of two nodes.
struct Balancer {
    child: Child,
    /// Where others of the same network ask without TLS.
    plain: SocketAddr,
    client: Client,
    _dir: TempDir,
}

impl Balancer {
    /// Whom nginx runs as where the tests run as root.
    const NOBODY: u32 = 65_534;

    async fn start(fleet: &Fleet) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name).to_str().expect("a path").to_owned();
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
        fs::write(at("pem"), made.cert.pem()).expect("a file");
        fs::write(at("key"), made.signing_key.serialize_pem()).expect("a file");
        let (tls, plain) = (free_addr(), free_addr());
        let block = [
            ("10.0.0.11:8080", fleet.nodes[0].addr.to_string()),
            ("10.0.0.12:8080", fleet.nodes[1].addr.to_string()),
            ("listen 443 ssl", format!("listen {tls} ssl")),
            ("/etc/ssl/auth.example.com.pem", at("pem")),
            ("/etc/ssl/auth.example.com.key", at("key")),
        ]
        .iter()
        .fold(block_of_the_docs(), |block, (theirs, ours)| {
            assert_eq!(block.matches(theirs).count(), 1, "{theirs}");
            block.replace(theirs, ours)
        });
        fs::write(at("doorward.conf"), block).expect("a file");
        fs::write(at("nginx.conf"), surroundings(dir.path(), plain)).expect("a file");
        let child = spawn(dir.path());
        let certificate = Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([certificate])
            .resolve(HOST, tls)
            // Another than nginx's own, so that they can be told apart.
            .local_address(IpAddr::from([127, 0, 0, 2]))
            .build()
            .expect("a client");
        let balancer = Self { child, plain, client, _dir: dir };
        let is_there = async || balancer.request(Method::GET, "/health/ready").send().await.is_ok();
        until("nginx answers", patience(), is_there).await;
        balancer
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{SITE}{path}"))
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    async fn get_as(&self, who: &Person, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).bearer_auth(&who.access)).await
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // Not killed: its workers would stay.
        let _ = kill_process(pid(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// The one block of nginx that the docs have.
fn block_of_the_docs() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/topics/several-nodes.md");
    let page = fs::read_to_string(page).expect("the page");
    let [_, block] = *page.split("```nginx\n").collect::<Vec<_>>() else { panic!("one block of nginx") };
    block.split("```").next().expect("its end").to_owned()
}

/// What is around the block on a machine of its own, for somebody who may write into one folder alone.
fn surroundings(dir: &Path, plain: SocketAddr) -> String {
    let dir = dir.display();
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|kind| format!("{kind}_temp_path {dir}/{kind};")).join("\n");
    format!(
        "daemon off;
pid {dir}/pid;
error_log {dir}/error.log;
events {{}}
http {{
    access_log off;
    {folders}
    include {dir}/doorward.conf;
    server {{
        listen {plain};
        proxy_http_version 1.1;
        location / {{ proxy_pass http://doorward; }}
    }}
}}
"
    )
}

fn spawn(dir: &Path) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("nodes/install-nginx.sh");
    let found = Command::new("bash").arg(script).output().expect("bash");
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let mut command = Command::new(String::from_utf8(found.stdout).expect("a path").trim());
    let log = fs::File::create(dir.join("log")).expect("a file");
    command.arg("-e").arg(dir.join("error.log")).arg("-c").arg(dir.join("nginx.conf")).stdin(Stdio::null()).stderr(log);
    if geteuid().is_root() {
        command.uid(Balancer::NOBODY).gid(Balancer::NOBODY);
        let files = fs::read_dir(dir).expect("a folder").map(|file| file.expect("a file").path());
        for path in files.chain([dir.to_owned()]) {
            chown(path, Some(Balancer::NOBODY), Some(Balancer::NOBODY)).expect("root may");
        }
    }
    command.spawn().expect("nginx starts")
}

async fn two_nodes() -> Fleet {
    let settings = [("HTTP__PUBLIC_URL", SITE), ("HTTP__TRUSTED_PROXIES", "127.0.0.1"), ("TOKENS__ISSUER", PUBLIC_URL)];
    Fleet::start_with(2, &settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_two_nodes_serve_as_one_and_know_the_clients_address() {
    let fleet = two_nodes().await;
    let balancer = Balancer::start(&fleet).await;
    let jane = json!({ "email": "jane@example.com", "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" });
    balancer.post("/auth/register", &jane).await.ok();
    let sign_in = balancer.request(Method::POST, "/auth/login").json(&jane_signs_in());
    let jane = Person::of(&Reply::of(sign_in.header("x-forwarded-for", "198.51.100.1")).await.ok());
    for _ in 0..20 {
        assert_eq!(balancer.get_as(&jane, "/auth/me").await.outcome(), "200");
    }
    let sessions = balancer.get_as(&jane, "/auth/sessions").await.ok();
    let current = sessions["sessions"].as_array().expect("sessions").iter().find(|session| session["current"] == true);
    assert_eq!(current.expect("this one")["ipAddress"], "127.0.0.2");
    for node in &fleet.nodes {
        assert!(node.answered("/auth/me") >= 5, "nginx did not ask {}", node.addr);
    }
    let named = balancer.request(Method::GET, "/health/live").send().await.expect("an answer");
    let id = named.headers()["x-request-id"].to_str().expect("a text").to_owned();
    assert!(id.len() == 32 && fleet.nodes.iter().any(|node| node.log().contains(&id)), "{id}");
}

fn jane_signs_in() -> Value {
    json!({ "email": "jane@example.com", "password": PASSWORD })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_keeps_nothing_of_the_feed_back() {
    let fleet = two_nodes().await;
    let balancer = Balancer::start(&fleet).await;
    let service = Service::of(balancer.plain).await;
    let people = [fleet.nodes[0].sign_up("jane@example.com").await, fleet.nodes[1].sign_up("joan@example.com").await];
    let stream = balancer.request(Method::GET, "/auth/revocations").header("accept", "text/event-stream");
    let mut stream = stream.send().await.expect("an answer");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut event = async || String::from_utf8_lossy(&stream.chunk().await.expect("more").expect("more")).into_owned();
    assert!(event().await.starts_with("id: "));
    for (someone, node) in people.iter().zip(&fleet.nodes) {
        assert_eq!(service.ask(someone).await, "200");
        node.sign_out(someone).await;
        let told = tokio::time::timeout(MAX_STALENESS, event()).await;
        assert!(told.expect("at once").starts_with("id: "));
        let refused = async || service.ask(someone).await == "401 session_ended";
        until("the service refuses", MAX_STALENESS, refused).await;
    }
}

/// Sends a request that was on its way when a node stopped again, as the docs say.
async fn persist<R: Future<Output = Reply>>(mut request: impl FnMut() -> R) -> Reply {
    let mut reply = request().await;
    for _ in 0..4 {
        if reply.status == 502 {
            reply = request().await;
        }
    }
    reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_a_rolling_restart_is_noticed_by_nobody() {
    const PEOPLE: usize = 10;
    let fleet = two_nodes().await;
    let balancer = &Balancer::start(&fleet).await;
    let service = &Service::of(balancer.plain).await;
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(Mutex::new(fleet.nodes[0].sign_up(&format!("person{n}@example.com")).await));
    }
    let restarts = async {
        for node in fleet.nodes.iter().chain(&fleet.nodes) {
            node.stop().await;
            let before = node.answered("/auth/me");
            node.start();
            node.ready().await;
            // nginx leaves a node out for a while that it could not reach; the docs say to wait for that.
            until("nginx asks it again", patience(), async || node.answered("/auth/me") > before).await;
        }
    };
    let people = &people;
    let outcomes = steadily(40, restarts, |number| async move {
        let mut person = people[number % PEOPLE].lock().await;
        match (number + number / PEOPLE) % 5 {
            0 => return service.ask(&person).await,
            1..=3 => return persist(|| balancer.get_as(&person, "/auth/me")).await.outcome(),
            _ => {}
        }
        let body = json!({ "refreshToken": person.refresh });
        let reply = persist(|| balancer.post("/auth/refresh", &body)).await;
        if reply.status == 200 {
            *person = Person::of(&reply.body);
        }
        format!("refresh {}", reply.outcome())
    })
    .await;
    assert!(outcomes.len() > 20, "{}", outcomes.len());
    assert!(
        outcomes.iter().all(|outcome| ["200", "refresh 200"].contains(&outcome.as_str())),
        "{outcomes:?}\n{}",
        fleet.troubles()
    );
}

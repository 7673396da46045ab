//! Mails through a mail server that is not ours, in a process of its own, and that is not always there.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use rstest::rstest;
use serde_json::Value;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use crate::{
    app::{Database, Database::*, TestApp, person},
    processes::Process,
};

/// A mail server, and how many mails each address got.
struct Catcher {
    process: Child,
    port: u16,
    caught: Arc<Mutex<BTreeMap<String, u32>>>,
    /// Takes down what the server tells, until it has ended.
    counting: Option<JoinHandle<()>>,
}

impl Catcher {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp");
        let installed = Command::new("bash").arg(folder.join("install.sh")).output().expect("bash");
        assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
        let mut process = Command::new(String::from_utf8(installed.stdout).expect("a path").trim())
            .arg(folder.join("server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mail server");
        let mut lines = BufReader::new(process.stdout.take().expect("an output"));
        let port = told(&mut lines).expect("a line")["port"].as_u64().expect("a port");
        let caught = Arc::new(Mutex::new(BTreeMap::new()));
        let kept = Arc::clone(&caught);
        let counting = thread::spawn(move || {
            while let Some(mail) = told(&mut lines) {
                let to = mail["recipients"][0].as_str().expect("a recipient").to_owned();
                *kept.lock().expect("not poisoned").entry(to).or_insert(0) += 1;
            }
        });
        Self { process, port: port.try_into().expect("a port"), caught, counting: Some(counting) }
    }

    /// What was told of so far: of a mail that was taken a moment ago, perhaps not yet.
    fn caught(&self) -> BTreeMap<String, u32> {
        self.caught.lock().expect("not poisoned").clone()
    }

    /// Ends the server. All that it has taken.
    fn end(mut self) -> BTreeMap<String, u32> {
        drop(self.process.stdin.take());
        self.counting.take().expect("it ends once").join().expect("every line is JSON");
        self.caught()
    }
}

fn told(lines: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut line = String::new();
    let length = lines.read_line(&mut line).ok()?;
    (length > 0).then(|| serde_json::from_str(&line).expect("JSON"))
}

impl Drop for Catcher {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Stands before the mail server, and lets nobody through until it is opened.
struct Gate {
    url: String,
    open: Arc<AtomicBool>,
}

impl Gate {
    async fn before(catcher: &Catcher) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let (open, inner) = (Arc::new(AtomicBool::new(false)), catcher.port);
        let opened = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((mut outside, _)) = listener.accept().await {
                if opened.load(Ordering::SeqCst) {
                    tokio::spawn(async move {
                        let mut inside = TcpStream::connect(("127.0.0.1", inner)).await.expect("the mail server");
                        let _ = copy_bidirectional(&mut outside, &mut inside).await;
                    });
                }
            }
        });
        Self { url, open }
    }

    fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_mail_server_arrives_once_within_a_minute_of_its_repair(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let catcher = Catcher::start();
    let gate = Gate::before(&catcher).await;
    let app = TestApp::start_with(on, &[("MAIL__TRANSPORT", "smtp"), ("MAIL__SMTP_URL", &gate.url)]).await;
    for n in 0..6 {
        app.sign_up(&format!("user{n}@example.com")).await;
    }
    for _ in 0..30 {
        app.deliver().await;
        app.advance_secs(20);
    }
    assert_eq!((catcher.caught().len(), app.rows("outbox").await), (0, 6));
    gate.open();
    for _ in 0..6 {
        app.advance_secs(10);
        app.deliver().await;
    }
    assert_eq!(app.rows("outbox").await, 0);
    let caught = catcher.end();
    assert_eq!(caught.len(), 6, "{caught:?}");
    assert!(caught.values().all(|mails| *mails == 1), "{caught:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_loses_no_mail_and_doubles_at_most_one(#[values(Sqlite, Postgres)] on: Database) {
    const KILLS: u32 = 4;
    let dir = tempfile::tempdir().expect("a folder");
    let database = match on {
        Sqlite => ScratchDatabase::sqlite(),
        Postgres => ScratchDatabase::postgres().await,
    };
    let catcher = Catcher::start();
    let prepare =
        format!("export DOORWARD__MAIL__TRANSPORT=smtp DOORWARD__MAIL__SMTP_URL=smtp://127.0.0.1:{};", catcher.port);
    let mut signed_up = 0;
    for kill in 0..=KILLS {
        let process = Process::launch_with(dir.path(), database.url(), &prepare);
        process.ready().await;
        for _ in 0..10 {
            let email = format!("user{signed_up}@example.com");
            process.post("/auth/register", &person(&email)).await.expect("an answer").ok(201);
            signed_up += 1;
        }
        // The worker is at it: the kill comes in the middle, but for the last, which is let finish.
        let enough = if kill == KILLS { signed_up } else { signed_up - 5 };
        while catcher.caught().len() < enough {
            tokio::task::yield_now().await;
        }
        process.kill();
        // What it had in its hands is leased for a while; nobody waits for that here.
        let rows = sea_orm::Database::connect(database.url()).await.expect("the database answers");
        let released = "UPDATE outbox SET due_at = created_at";
        sea_orm::ConnectionTrait::execute_unprepared(&rows, released).await.expect("the statement is good");
    }
    let caught = catcher.end();
    assert_eq!(caught.len(), signed_up, "every mail came");
    let doubles: u32 = caught.values().map(|mails| mails - 1).sum();
    assert!(doubles <= KILLS + 1, "{doubles} doubles, {caught:?}");
}

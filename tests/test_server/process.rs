//! The binary `doorward-test`.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Instant,
};

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::stage::{answer, binary, tokens};

/// A process that is ended when this is dropped.
struct Process(Child);

impl Process {
    fn start(arguments: &[&str]) -> (Self, Value) {
        Self::start_in(&std::env::temp_dir(), arguments)
    }

    /// The same with this folder for temporary files.
    fn start_in(folder: &Path, arguments: &[&str]) -> (Self, Value) {
        let mut child = Command::new(binary("doorward-test"))
            .args(arguments)
            .env_remove("DOORWARD_ENV")
            .env("TMPDIR", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("it is piped")).read_line(&mut line).expect("a line");
        (Self(child), serde_json::from_str(&line).expect("JSON"))
    }

    /// Waits for its end; says whether it was a success, and what else it had printed.
    fn end(mut self) -> (bool, String) {
        let status = self.0.wait().expect("it ends");
        let mut rest = String::new();
        self.0.stdout.take().expect("it is piped").read_to_string(&mut rest).expect("text");
        (status.success(), rest)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn refused(arguments: &[&str], environment: &str) -> (Option<i32>, String) {
    let Output { status, stderr, stdout } = Command::new(binary("doorward-test"))
        .args(arguments)
        .args(["--until-stdin-closes"])
        .env("DOORWARD_ENV", environment)
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert!(stdout.is_empty() || status.success(), "{}", String::from_utf8_lossy(&stdout));
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[tokio::test]
async fn one_line_says_where_it_is_and_the_end_of_its_input_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--until-stdin-closes", "--set", "tokens.access_ttl=1m"];
    let (mut process, about) = Process::start_in(folder.path(), &arguments);
    let (url, control) = (about["url"].as_str().expect("a URL"), about["control"].as_str().expect("a URL"));
    assert!(url.starts_with("http://127.0.0.1:") && control.starts_with("http://127.0.0.1:"), "{about}");
    assert_eq!(about["pid"], process.0.id());
    let client = Client::new();
    let made = client.post(format!("{control}/users")).json(&json!({ "email": "jane@example.com", "signIn": true }));
    let (status, made) = answer(made).await;
    assert_eq!((status, &made["tokens"]["expiresIn"]), (201, &json!(60)), "{made}");
    let (status, me) = answer(client.get(format!("{url}/auth/me")).bearer_auth(tokens(&made).0)).await;
    assert_eq!((status, &me["user"]["email"]), (200, &json!("jane@example.com")));
    assert_eq!(answer(client.get(control)).await.1["issuer"], about["issuer"]);

    drop(process.0.stdin.take());
    assert_eq!(process.end(), (true, String::new()));
    assert!(client.get(url).send().await.is_err(), "nobody listens any more");
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "nothing is left");
}

#[test]
fn it_ends_when_it_is_told_to_and_else_does_not_mind_its_input() {
    for (arguments, close) in [(&[][..], true), (&["--until-stdin-closes"], false)] {
        let (mut process, _) = Process::start(arguments);
        let input = process.0.stdin.take().filter(|_| !close);
        let id = Pid::from_raw(process.0.id().try_into().expect("an id")).expect("not zero");
        kill_process(id, Signal::TERM).expect("it runs");
        assert_eq!(process.end(), (true, String::new()));
        drop(input);
    }
}

#[test]
fn no_two_starts_have_an_issuer_in_common() {
    let ((_a, a), (_b, b)) = (Process::start(&["--until-stdin-closes"]), Process::start(&["--until-stdin-closes"]));
    assert_ne!(a["issuer"], b["issuer"]);
    assert_ne!(a["url"], b["url"]);
}

#[test]
fn it_is_not_started_as_if_it_were_for_real_users() {
    for (arguments, environment, told) in [
        (&["--address", "0.0.0.0:0"][..], "", "other machines"),
        (&["--control-address", "0.0.0.0:0"], "", "other machines"),
        (&["--set", "database.url=postgres://db.example.com/doorward"], "", "database.url"),
        (&["--set", "mail.smtp_url=smtp://mail.example.com"], "", "mail.smtp_url"),
        (&["--set", "tokens.acces_ttl=1m"], "", "tokens.acces_ttl"),
        (&[], "production", "production"),
    ] {
        let environment = if environment.is_empty() { "development" } else { environment };
        let (code, why) = refused(arguments, environment);
        assert_eq!(code, Some(64), "{arguments:?}: {why}");
        assert!(why.contains(told), "{arguments:?}: {why}");
    }
    let (code, log) = refused(&["--address", "0.0.0.0:0", "--reachable"], "test");
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("keep it away from real users"), "{log}");
}

/// How long it takes is told with `--nocapture`, and no promise.
#[tokio::test]
async fn when_it_has_printed_its_line_it_answers() {
    for _ in 0..5 {
        let begun = Instant::now();
        let (_process, about) = Process::start(&["--until-stdin-closes"]);
        println!("from start to ready: {:?}", begun.elapsed());
        let ready = reqwest::get(format!("{}/health/ready", about["url"].as_str().expect("a URL"))).await;
        assert_eq!(ready.expect("an answer").status(), 200);
    }
}

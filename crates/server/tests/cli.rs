//! The binary, as a person runs it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The binary in an empty folder, with nothing in its environment but what is named here.
fn doorward(dir: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.current_dir(dir).env_clear().envs(environment.iter().copied()).args(arguments);
    command
}

/// Runs it to its end.
fn run(dir: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = doorward(dir, environment, arguments).output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_bad_configuration_exits_with_64_and_tells_everything_that_is_wrong() {
    let dir = TempDir::new().unwrap();
    let environment = [
        ("DOORWARD_ENV", "production"),
        ("DOORWARD__HTTP__ADRESS", "0.0.0.0:80"),
        ("DOORWARD__TOKENS__ACCESS_TTL", "ten minutes"),
    ];
    for command in ["check-config", "serve", "healthcheck"] {
        let (code, _, told) = run(dir.path(), &environment, &[command]);
        assert_eq!(code, Some(64), "{command}");
        for key in ["http.adress", "tokens.access_ttl", "secrets.master"] {
            assert!(told.contains(key), "{command}: {told}");
        }
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_good_configuration_is_shown_without_its_secrets() {
    let dir = TempDir::new().unwrap();
    let secret = "hunter2hunter2hunter2hunter2hunter2";
    let environment = [("DOORWARD__SECRETS__MASTER", secret), ("DOORWARD__SECRETS__PREVIOUS", secret)];
    let (code, shown, _) = run(dir.path(), &environment, &["check-config"]);
    assert_eq!(code, Some(0));
    assert!(shown.starts_with("configuration is good\n"), "{shown}");
    assert!(shown.contains("secrets.master = (secret)  (DOORWARD__SECRETS__MASTER)"), "{shown}");
    assert!(shown.contains("secrets.previous = [(secret)]  (DOORWARD__SECRETS__PREVIOUS)"), "{shown}");
    assert!(!shown.contains("hunter2"));
}

#[test]
fn a_folder_that_was_asked_for_must_be_there() {
    let dir = TempDir::new().unwrap();
    assert_eq!(run(dir.path(), &[], &["check-config", "--config", "elsewhere"]).0, Some(64));
    fs::create_dir(dir.path().join("elsewhere")).unwrap();
    fs::write(dir.path().join("elsewhere/development.toml"), "[sessions]\nmax_per_user = 7").unwrap();
    let (code, shown, _) = run(dir.path(), &[], &["check-config", "--config", "elsewhere"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("sessions.max_per_user = 7  (elsewhere/development.toml)"), "{shown}");
}

#[test]
fn migrations_are_made_listed_and_undone() {
    let dir = TempDir::new().unwrap();
    let migrate = |direction: &str| {
        let (code, told, _) = run(dir.path(), &[], &["migrate", direction]);
        assert_eq!(code, Some(0), "{direction}");
        told
    };
    let made = migrate("up");
    assert!(made.lines().count() > 0 && made.lines().all(|line| line.starts_with("made ")), "{made}");
    assert_eq!(migrate("up"), "nothing to do\n");
    assert_eq!(migrate("status"), made);
    let last = made.lines().next_back().unwrap().replace("made   ", "undone ");
    assert_eq!(migrate("down").trim_end(), last);
    assert_eq!(migrate("status").lines().filter(|line| line.starts_with("missing ")).count(), 1);
}

#[test]
fn an_administrator_is_made_once() {
    let dir = TempDir::new().unwrap();
    let arguments = ["create-admin", "--email", "ada@example.com", "--first-name", "Ada", "--last-name", "Lovelace"];
    let weak = [("DOORWARD_ADMIN_PASSWORD", "short")];
    let (code, _, told) = run(dir.path(), &weak, &arguments);
    assert_eq!(code, Some(1));
    assert!(told.contains("password: "), "{told}");

    let strong = [("DOORWARD_ADMIN_PASSWORD", "salt wind over the harbour")];
    let (code, told, _) = run(dir.path(), &strong, &arguments);
    assert_eq!(code, Some(0));
    assert!(told.starts_with("made administrator "), "{told}");

    let (code, _, told) = run(dir.path(), &strong, &arguments);
    assert_eq!(code, Some(1));
    assert!(told.contains("an account with this address exists"), "{told}");
}

#[test]
fn the_interface_is_described_without_a_configuration() {
    let dir = TempDir::new().unwrap();
    let (code, described, _) = run(dir.path(), &[("DOORWARD__NO__SUCH", "key")], &["openapi"]);
    assert_eq!(code, Some(0));
    assert!(described.contains("\"openapi\": \"3.1"), "{described:.100}");
    assert!(described.contains("/auth/register"));
}

#[test]
fn nobody_is_healthy_where_nobody_listens() {
    let dir = TempDir::new().unwrap();
    // Taken, so that nobody else listens there, and not listened on.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, told) = run(dir.path(), &[("DOORWARD__HTTP__ADDRESS", &address)], &["healthcheck"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("does not answer"), "{told}");
}

#[test]
fn it_serves_from_an_empty_folder_says_what_to_try_and_stops_when_asked() {
    let dir = TempDir::new().unwrap();
    let port_0 = [("DOORWARD__HTTP__ADDRESS", "127.0.0.1:0")];
    let mut server = doorward(dir.path(), &port_0, &["serve"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let tries: Vec<_> = told.by_ref().filter(|line| line.starts_with("curl ")).take(3).collect();
    assert_eq!(tries.len(), 3);
    let address = tries[0].split("http://").nth(1).unwrap().split('/').next().unwrap();

    let (code, _, _) = run(dir.path(), &[("DOORWARD__HTTP__ADDRESS", address)], &["healthcheck"]);
    assert_eq!(code, Some(0));
    let secret = fs::metadata(dir.path().join("data/master.secret")).unwrap();
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);

    Command::new("sh").arg("-c").arg(format!("kill {}", server.id())).status().unwrap();
    assert!(told.any(|line| line.contains("stopping")));
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

//! The binary, in a folder and on a database of its own.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use doorward::wire::{self, Wiring};
use doorward_application::{
    App,
    auth::{LogInCommand, LogInError, Presented, RegisterCommand, SignedIn},
};
use doorward_domain::{profile::ProfileSeed, session::Device};
use doorward_infrastructure::store::{SeaStore, scratch::ScratchDatabase};
use doorward_settings::{Settings, Sources, load};
use serde_json::Value;
use tempfile::TempDir;

/// What all hashes here are hashes of.
pub(crate) const PASSWORD: &str = "correct horse";
/// As an application with bcrypt has it.
pub(crate) const BCRYPT: &str = "$2b$04$WqyeOseTsel/AY4zn5OBuOaW7y8kX/d22VgaWyiGZ2ofer8.F5pE2";

/// The databases that every test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// What a command did.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What it printed, if it ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }
}

pub(crate) struct Doorward {
    dir: TempDir,
    database: ScratchDatabase,
    /// `secrets.master` and `secrets.previous`.
    secrets: [String; 2],
}

/// The master secret that is given first.
pub(crate) const MASTER: &str = "a master secret for tests, which is long enough";

impl Doorward {
    pub(crate) async fn on(database: Database) -> Self {
        let database = match database {
            Database::Sqlite => ScratchDatabase::sqlite(),
            Database::Postgres => ScratchDatabase::postgres().await,
        };
        Self { dir: TempDir::new().unwrap(), database, secrets: [MASTER.to_owned(), String::new()] }
    }

    /// Changes the master secrets. The earlier ones stand in a file, a line each.
    pub(crate) fn set_secrets(&mut self, master: &str, previous: &[&str]) {
        self.write("previous", previous.join("\n"));
        self.secrets = [master.to_owned(), self.path("previous").display().to_string()];
    }

    fn environment(&self) -> Vec<(String, String)> {
        let [master, previous] = &self.secrets;
        let mut all = vec![
            ("DATABASE__URL", self.database.url()),
            ("SECRETS__MASTER", master),
            ("PASSWORDS__ARGON2_MEMORY_KIB", "64"),
            ("PASSWORDS__ARGON2_ITERATIONS", "1"),
        ];
        all.extend((!previous.is_empty()).then_some(("SECRETS__PREVIOUS_FILE", previous.as_str())));
        all.into_iter().map(|(key, value)| (format!("DOORWARD__{key}"), value.to_owned())).collect()
    }

    pub(crate) fn settings(&self) -> Settings {
        let sources = Sources {
            dir: "nowhere".into(),
            env_name: Sources::DEVELOPMENT.to_owned(),
            environment: self.environment(),
        };
        load(sources).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A command line, with the words apart from each other by spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(self.dir.path()).env_clear().envs(self.environment()).args(line.split(' '));
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        ran(self.command(line).output().unwrap())
    }

    /// With something on standard input.
    pub(crate) fn run_with(&self, line: &str, input: &str) -> Ran {
        let mut command = self.command(line);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that ends early does not read all of it.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        ran(child.wait_with_output().unwrap())
    }

    /// Every user, as `users export` has them, by their address.
    pub(crate) fn users(&self) -> Vec<Value> {
        let exported = self.run("users export --with-hashes").ok();
        let mut users: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        users.sort_by_key(|user| user["email"].to_string());
        users
    }

    pub(crate) async fn store(&self) -> SeaStore {
        wire::open(&self.settings(), &Wiring::default()).await.unwrap().store
    }

    async fn app(&self) -> Arc<App> {
        let settings = self.settings();
        let opened = wire::open(&settings, &Wiring::default()).await.unwrap();
        opened.store.migrate_up().await.unwrap();
        let public_url = settings.http.public_url(settings.http.address);
        let app = wire::app(&settings, &Wiring::default(), &opened, &public_url).await.unwrap();
        wire::open_ring(&app).await.unwrap();
        app
    }

    pub(crate) async fn sign_up(&self, email: &str) {
        let command = RegisterCommand {
            email: email.to_owned(),
            password: PASSWORD.into(),
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            username: None,
            role: None,
            locale: None,
            profile: ProfileSeed::default(),
            invitation: None,
            remembered: true,
            device: Device::default(),
            presented: Presented::default(),
        };
        self.app().await.auth.register.execute(command).await.unwrap();
    }

    pub(crate) async fn log_in(&self, identifier: &str, password: &str) -> Result<SignedIn, LogInError> {
        let command = LogInCommand {
            identifier: identifier.to_owned(),
            password: password.into(),
            restore: false,
            remembered: true,
            device: Device::default(),
            presented: Presented::default(),
        };
        self.app().await.auth.log_in.execute(command).await
    }
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

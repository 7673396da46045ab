//! The processes that are measured.

use std::{
    env,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use doorward_settings::{Settings, Sources};
use tokio::time::sleep;

use crate::{
    bare::{self, BARE_ROUTE},
    client::{self, Request},
    cores::Core,
};

/// The master secret of a database that is opened by more than one process.
pub(crate) const MASTER: (&str, &str) =
    ("DOORWARD__SECRETS__MASTER", "a master secret for benchmarks, which is long enough");

/// How a process is started.
#[derive(Clone, Copy)]
pub(crate) struct Launch<'a> {
    /// The folder that it runs in.
    pub(crate) dir: &'a Path,
    /// Its settings where they are others than the built-in ones, as they stand in the environment.
    pub(crate) settings: &'a [(&'a str, &'a str)],
    /// The one core that it runs on. None: all.
    pub(crate) core: Option<Core>,
    /// The file that its log goes to. None: nobody reads it.
    pub(crate) log: Option<&'a Path>,
}

/// A process that serves until this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) addr: String,
}

impl Server {
    /// The release binary with its own settings, but that it logs only what is wrong, on an empty SQLite database.
    pub(crate) async fn doorward(dir: &Path) -> Result<Self> {
        Self::doorward_with(dir, &[]).await
    }

    /// The same with other settings, each as it stands in the environment.
    pub(crate) async fn doorward_with(dir: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let settings = [&[("DOORWARD__LOG__LEVEL", "warn")], settings].concat();
        Self::start(Launch { dir, settings: &settings, core: None, log: None }).await
    }

    /// The release binary.
    pub(crate) async fn start(launch: Launch<'_>) -> Result<Self> {
        let mut command = Command::new(binary()?);
        command.arg("serve");
        Self::launch(command, launch, "/health/ready").await
    }

    /// The bare route, which answers with what this file holds.
    pub(crate) async fn bare_route(launch: Launch<'_>, answer: &Path) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(BARE_ROUTE).arg(answer);
        Self::launch(command, launch, bare::PATH).await
    }

    async fn launch(mut command: Command, launch: Launch<'_>, ready: &str) -> Result<Self> {
        let Launch { dir, settings, core, log } = launch;
        let addr = free_addr()?;
        command
            .current_dir(dir)
            .env("DOORWARD__HTTP__ADDRESS", &addr)
            .env("DOORWARD__LOG__FORMAT", "json")
            // Everybody signs up from one address.
            .env("DOORWARD__THROTTLE__SIGN_UPS", "100000/1s")
            .envs(settings.iter().copied())
            .stdout(log.map_or_else(|| Ok(Stdio::null()), |log| File::create(log).map(Stdio::from))?);
        let child = match core {
            Some(core) => core.spawn(command)?,
            None => command.spawn()?,
        };
        let server = Self { child, addr };
        server.wait_until_ready(ready).await?;
        Ok(server)
    }

    /// What the process holds in memory, in MB.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// How long the process has been running on cores so far, all its threads together.
    pub(crate) fn on_cores(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in brackets, may hold anything; the twelfth and the thirteenth field after it are what is wanted.
        let (_, fields) = stat.rsplit_once(')').context("no name")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let ticks: u64 = ticks.sum::<Result<_, _>>()?;
        // Linux tells hundredths of a second, whatever its own ticks are.
        Ok(Duration::from_millis(ticks * 10))
    }

    async fn wait_until_ready(&self, path: &str) -> Result<()> {
        for _ in 0..200 {
            if let Ok(answer) = client::once(&self.addr, &Request::get(path)).await {
                ensure!(answer.status == 200, "{path} answered {}", answer.status);
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("{} does not answer", self.addr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The release binary, which lies beside this program's folder.
pub(crate) fn binary() -> Result<PathBuf> {
    let this = env::current_exe()?;
    let release = this.parent().and_then(Path::parent).context("no target folder")?;
    let binary = release.join("doorward");
    ensure!(binary.exists(), "{} is not built; run `make bench`", binary.display());
    Ok(binary)
}

/// Settings as the release binary reads them, for what is done to its database from here.
pub(crate) fn development<'a>(environment: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Settings> {
    let environment = environment.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let sources = Sources { dir: PathBuf::new(), env_name: Sources::DEVELOPMENT.to_owned(), environment };
    Ok(doorward_settings::load(sources)?)
}

fn free_addr() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

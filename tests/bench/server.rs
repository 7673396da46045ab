//! The processes that are measured.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use crate::{
    client::{self, Request},
    limits,
};

/// A process that serves until this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) addr: String,
}

impl Server {
    /// The release binary with its own settings, but for throttled or verbose ones, on an empty SQLite database.
    pub(crate) async fn doorward(dir: &Path) -> Result<Self> {
        Self::doorward_with(dir, &[]).await
    }

    /// The same with other settings, each as it stands in the environment.
    pub(crate) async fn doorward_with(dir: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let addr = free_addr()?;
        let child = Command::new(binary()?)
            .arg("serve")
            .current_dir(dir)
            .env("DOORWARD__HTTP__ADDRESS", &addr)
            .env("DOORWARD__LOG__LEVEL", "warn")
            .env("DOORWARD__LOG__FORMAT", "json")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .context("starting doorward")?;
        let server = Self { child, addr };
        server.wait_until_ready("/health/ready").await?;
        Ok(server)
    }

    /// A bare actix-web route with a body of this length.
    pub(crate) async fn bare_route(body_len: usize) -> Result<Self> {
        let addr = free_addr()?;
        let child = Command::new(env::current_exe()?)
            .args([limits::BARE_ROUTE, &body_len.to_string(), &addr])
            .stdout(Stdio::null())
            .spawn()
            .context("starting the bare route")?;
        let server = Self { child, addr };
        server.wait_until_ready("/").await?;
        Ok(server)
    }

    /// What the process holds in memory, in MB.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    async fn wait_until_ready(&self, path: &str) -> Result<()> {
        for _ in 0..100 {
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

fn free_addr() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

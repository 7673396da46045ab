//! The command line.

use std::{
    io::{self, Write as _, stderr, stdout},
    net::{SocketAddr, TcpListener},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use clap::Parser;
use doorward_testkit::server::{TestServer, TestServerError, is_private};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, stdin},
    signal::unix::{Signal, SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

use crate::control;

/// A doorward server for tests: real routes, and a second address to be in charge of the time, the mails and the
/// database.
///
/// Prints one line of JSON to standard output when it answers: where it is (`url`), where it is controlled (`control`),
/// and what its tokens call it (`issuer`). Everything in it is gone when it ends.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Where to listen. Port 0 takes any that is free.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    address: SocketAddr,
    /// Where to be controlled.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    control_address: SocketAddr,
    /// Allow addresses that other machines reach. Whoever reaches it becomes anyone they like in it.
    #[arg(long)]
    reachable: bool,
    /// End when standard input is closed, as it is when the process that started this one is gone.
    #[arg(long)]
    until_stdin_closes: bool,
    /// A setting of doorward, such as `tokens.access_ttl=1m`. Can be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// What to log, to standard error: off, error, warn, info, debug or trace, or levels of single parts.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: String,
}

impl Cli {
    /// `EX_USAGE` of sysexits.h: to start again in the same way is of no use.
    const BAD_USAGE: u8 = 64;

    /// Serves until it is told to end. `environment` is what `DOORWARD_ENV` says, if it says something.
    #[must_use]
    pub fn run(self, environment: Option<&str>) -> ExitCode {
        let Err(error) = self.try_run(environment) else { return ExitCode::SUCCESS };
        // Where standard error is gone too, there is nobody to tell.
        let _ = writeln!(stderr(), "doorward-test: {error:#}");
        let is_usage = matches!(error.downcast_ref(), Some(TestServerError::Refused(_)));
        if is_usage { ExitCode::from(Self::BAD_USAGE) } else { ExitCode::FAILURE }
    }

    fn try_run(self, environment: Option<&str>) -> anyhow::Result<()> {
        if let Some(other) = environment.filter(|name| !matches!(*name, "development" | "test")) {
            let why = format!("DOORWARD_ENV is {other}, and this is a server for tests alone");
            bail!(TestServerError::Refused(why));
        }
        let filter = EnvFilter::try_new(&self.log).context("--log is no level")?;
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
        // One thread is enough here: the server has threads of its own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = runtime.block_on(self.serve());
        // Whoever still reads standard input would be waited for.
        runtime.shutdown_background();
        served
    }

    async fn serve(self) -> anyhow::Result<()> {
        is_private(self.control_address, self.reachable)?;
        let mut builder = TestServer::builder().address(self.address);
        if self.reachable {
            builder = builder.reachable();
        }
        for setting in &self.settings {
            let (key, value) = setting.split_once('=').with_context(|| format!("--set {setting} has no ="))?;
            builder = builder.setting(key, value);
        }
        // Before it is told to anyone that the server is there: what comes meanwhile is not lost.
        let signals = Signals::listen()?;
        let listener = TcpListener::bind(self.control_address)
            .with_context(|| format!("{} cannot be listened on", self.control_address))?;
        let at = listener.local_addr()?;
        let server = Arc::new(builder.start().await?);
        let control = control::serve(listener, Arc::clone(&server))?;
        let handle = control.handle();
        let control = tokio::spawn(control);
        tracing::warn!(
            url = server.url(),
            "this is doorward-test: no throttling, hashes that cost nothing, and a second address by which anyone is \
             signed in; keep it away from real users"
        );
        let about = json!({
            "url": server.url(),
            "control": format!("http://{at}{}", control::PREFIX),
            "issuer": server.issuer(),
            "pid": std::process::id(),
        });
        writeln!(stdout(), "{about}").and_then(|()| stdout().flush()).context("standard output is closed")?;
        told_to_end(signals, self.until_stdin_closes).await;
        handle.stop(false).await;
        control.await??;
        Ok(())
    }
}

/// Returns when the process is to end: by Ctrl-C, by SIGTERM, or because nobody holds its standard input any more.
async fn told_to_end(mut signals: Signals, until_stdin_closes: bool) {
    tokio::select! {
        _ = signals.terminate.recv() => {}
        _ = signals.interrupt.recv() => {}
        () = closed(), if until_stdin_closes => {}
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }
}

/// Returns when standard input is at its end, or cannot be read.
async fn closed() {
    let (mut input, mut passed_over) = (stdin(), [0; 1024]);
    while input.read(&mut passed_over).await.is_ok_and(|count| count > 0) {}
}

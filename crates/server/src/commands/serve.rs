//! `doorward serve`

use std::{
    io::{self, IsTerminal as _, stdout},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use doorward_application::App;
use doorward_settings::{LogFormat, Settings};
use tokio::{
    join,
    signal::unix::{Signal, SignalKind, signal},
    time::{Instant, timeout_at},
};

use super::try_it;
use crate::{
    background::{self, Background},
    metrics::{Metrics, Publisher},
    open_files, output,
    serving::{Door, Limits, Serving},
    telemetry,
    wire::{self, Wiring},
};

/// How long a stop may take, besides `http.drain`: a little less than is promised.
const STOPPED_WITHIN: Duration = Duration::from_millis(9_500);

/// A server that serves.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its use cases.
    pub app: Arc<App>,
    serving: Serving,
    background: Background,
    publisher: Option<Publisher>,
    metrics: Arc<Metrics>,
}

/// Opens and migrates the database, and serves.
pub async fn start(settings: &Settings, wiring: &Wiring) -> anyhow::Result<Running> {
    let opened = wire::open(settings, wiring).await?;
    let migrated = opened.store.migrate_up().await.context("the database was not migrated")?;
    if let Some(last) = migrated.last() {
        tracing::info!(changes = migrated.len(), last, "migrated");
    }
    let http = &settings.http;
    let (door, listener) = Door::open(http.address)
        .with_context(|| format!("{} cannot be listened on: see http.address", http.address))?;
    let addr = listener.local_addr()?;
    let public_url = http.public_url(addr);
    let app = wire::app(settings, wiring, &opened, &public_url).await?;
    wire::open_ring(&app).await?;
    let edge = wire::edge(settings, &app, &public_url)?;
    let metrics = Arc::clone(&opened.metrics);
    metrics.publish(|registry| edge.metrics().register(registry));
    let address = settings.metrics.address;
    let publisher = address.map(|address| Publisher::start(address, &metrics, &app)).transpose()?;
    let limits = Limits { connections: open_files::allow(http.max_connections as usize)?, drain: http.drain };
    let serving = Serving::start(edge, Arc::clone(&wiring.routing), (door, listener), limits)?;
    let background = Background::start(&app, &metrics.jobs, wiring.background);
    tracing::info!(%addr, public_url = public_url.as_str(), "serving");
    Ok(Running { addr, app, serving, background, publisher, metrics })
}

impl Running {
    /// Where the measurements are published, if they are.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.publisher.as_ref().map(|publisher| publisher.addr)
    }

    /// Stops: requests that are under way are answered, and what is known about the use of sessions is written down,
    /// as far as the database lets it. What does not end within ten seconds is cut off.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.serving.leave().await;
        let until = Instant::now() + STOPPED_WITHIN;
        self.app.revocations.read_feed.close();
        // The jobs end beside it: they are not waited for before nobody connects.
        let (stopped, ()) = join!(self.serving.stop(), self.background.stop());
        // What the last requests have added meanwhile.
        if timeout_at(until, background::record_activity(&self.app, &self.metrics.jobs)).await.is_err() {
            tracing::warn!("which sessions were used last was not written down");
        }
        stopped?;
        match self.publisher {
            Some(publisher) => publisher.stop().await,
            None => Ok(()),
        }
    }

    /// Ends at once: connections are cut, whatever they carry, and what is known about the use of sessions is lost.
    pub async fn abort(self) -> anyhow::Result<()> {
        self.app.revocations.read_feed.close();
        let (aborted, ()) = join!(self.serving.abort(), self.background.stop());
        aborted
    }
}

/// Serves until the process is asked to stop.
pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let telemetry = telemetry::start(&settings)?;
    let served = serve(settings).await;
    telemetry.flush().await;
    served
}

/// Serves until the process is asked to stop, and then stops.
async fn serve(settings: Settings) -> anyhow::Result<()> {
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    let wiring = Wiring::default();
    let mut asked = Asked::listen()?;
    let mut running = start(&settings, &wiring).await?;
    if settings.log.format == LogFormat::Pretty || stdout().is_terminal() {
        let [a, b, ..] = *wiring.secrets.bytes16().expose();
        let tag = format!("{a:02x}{b:02x}");
        if let Some(lines) = try_it::lines(&settings, running.addr, &tag) {
            output::print(format_args!("{lines}"))?;
        }
    }
    drop(settings);
    tokio::select! {
        ended = running.serving.ended() => {
            ended?;
            return Err(anyhow!("the server ended by itself"));
        }
        () = asked.stop() => {}
    }
    tracing::info!("stopping");
    tokio::select! {
        stopped = running.stop() => stopped,
        // Those who are slow are not waited for.
        () = asked.stop() => Err(anyhow!("asked to stop twice: requests that were under way are cut off")),
    }
}

/// What asks the process to stop: SIGTERM, and Ctrl-C. One that comes while nobody waits is not forgotten.
struct Asked {
    terminate: Signal,
    interrupt: Signal,
}

impl Asked {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns when it does.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

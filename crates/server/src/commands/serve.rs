//! `doorward serve`

use std::{
    future::poll_fn,
    io::{self, IsTerminal as _, stdout},
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use actix_web::{
    App as Service, HttpServer,
    dev::{ServerHandle, Service as _},
};
use anyhow::{Context as _, anyhow};
use doorward_application::App;
use doorward_settings::{LogFormat, Settings};
use tokio::{
    join,
    net::TcpSocket,
    runtime::Handle,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

use super::try_it;
use crate::{
    background::{self, Background},
    metrics::{Metrics, Publisher},
    output, telemetry,
    wire::{self, Wiring},
};

/// How long a client may take to send a request's head, and to close.
pub(crate) const CLIENT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection is kept for a next request: longer than proxies keep theirs, so that they close first and
/// never send into one that is being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests that are under way may take when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;
/// How many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// A server that serves.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its use cases.
    pub app: Arc<App>,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
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
    let listener = listen(settings.http.address)
        .with_context(|| format!("{} cannot be listened on: see http.address", settings.http.address))?;
    let addr = listener.local_addr()?;
    let public_url = settings.http.public_url(addr);
    let app = wire::app(settings, wiring, &opened, &public_url).await?;
    wire::open_ring(&app).await?;
    let edge = wire::edge(settings, &app, &public_url)?;
    let metrics = Arc::clone(&opened.metrics);
    metrics.publish(|registry| edge.metrics().register(registry));
    let address = settings.metrics.address;
    let publisher = address.map(|address| Publisher::start(address, &metrics, &app)).transpose()?;
    let (process, routing) = (Handle::current(), Arc::clone(&wiring.routing));
    let service = move || {
        let process = process.clone();
        Service::new().configure(|config| routing(config, &edge)).wrap_fn(move |request, next| {
            let (process, answer) = (process.clone(), next.call(request));
            async move { within(&process, answer).await }
        })
    };
    let server = HttpServer::new(service)
        .workers(available_parallelism()?.get())
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(CLIENT_PATIENCE)
        .client_disconnect_timeout(CLIENT_PATIENCE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    let background = Background::start(&app, &metrics.jobs, wiring.background);
    tracing::info!(%addr, public_url = public_url.as_str(), "serving");
    Ok(Running { addr, app, handle, server: tokio::spawn(server), background, publisher, metrics })
}

/// Does a worker's work, and lets all that is opened meanwhile belong to the runtime of the process.
///
/// A worker's own ends as soon as it has nothing to do while the server stops. A connection to the database that was
/// opened in it would end too, under another worker's request.
pub(crate) async fn within<T>(process: &Handle, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _inside = process.enter();
        work.as_mut().poll(context)
    })
    .await
}

impl Running {
    /// Where the measurements are published, if they are.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.publisher.as_ref().map(|publisher| publisher.addr)
    }

    /// Stops: requests that are under way are answered, and what is known about the use of sessions is written down,
    /// as far as the database lets it.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.app.revocations.read_feed.close();
        // From now on nobody connects.
        join!(self.handle.stop(true), self.background.stop());
        // What the last requests have added meanwhile.
        background::record_activity(&self.app, &self.metrics.jobs).await;
        self.server.await??;
        match self.publisher {
            Some(publisher) => publisher.stop().await,
            None => Ok(()),
        }
    }

    /// Ends at once: connections are cut, whatever they carry, and what is known about the use of sessions is lost.
    pub async fn abort(self) -> anyhow::Result<()> {
        self.app.revocations.read_feed.close();
        join!(self.handle.stop(false), self.background.stop());
        self.server.await??;
        Ok(())
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
        ended = &mut running.server => {
            ended??;
            return Err(anyhow!("the server ended by itself"));
        }
        asked = asked_to_stop() => asked?,
    }
    tracing::info!("stopping");
    tokio::select! {
        stopped = running.stop() => stopped,
        // Asked twice: those who are slow are not waited for.
        asked = asked_to_stop() => Ok(asked?),
    }
}

pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that is started again need not wait for the connections of the one before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Returns when the process gets Ctrl-C or SIGTERM.
async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

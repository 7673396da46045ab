//! HTTP over TCP: actix's workers, the connections of clients, and how both come to an end.

mod connection;
mod connections;
mod door;

use std::{
    future::{poll_fn, ready},
    io,
    net::TcpListener,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, map_config};
use actix_web::{
    App as Service,
    dev::{AppConfig, Server, ServerHandle, Service as _, fn_service},
    http::ConnectionType,
};
use connection::{Connection, Pace, Patience};
use connections::Connections;
pub(crate) use door::Door;
use doorward_http::Edge;
use tokio::{
    net::TcpStream,
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::wire::Routing;

/// How long a client may take to send a request's head, and to close.
pub(crate) const CLIENT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a client may leave an answer unread.
const READING_PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection is kept for a next request: longer than proxies keep theirs, so that they close first and
/// never send into one that is being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long those who are connected may take for a next request, whose answer tells them that it is the last, when the
/// server stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long requests that are under way may take after that, rounded up to the second in which actix looks.
const SHUTDOWN_SECONDS: u64 = 6;

/// How the server takes leave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The most connections.
    pub(crate) connections: usize,
    /// How long it goes on serving when it is asked to stop and says that it is not ready.
    pub(crate) drain: Duration,
}

/// A server that answers.
pub(crate) struct Serving {
    edge: Edge,
    door: Door,
    connections: Connections,
    closing: Arc<AtomicBool>,
    drain: Duration,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

impl Serving {
    /// Answers what comes in by the door.
    pub(crate) fn start(
        edge: Edge,
        routing: Routing,
        (door, listener): (Door, TcpListener),
        limits: Limits,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let workers = available_parallelism()?.get();
        let (connections, closing) = (Connections::default(), Arc::<AtomicBool>::default());
        let builder = Server::build();
        let stopping = builder.graceful_shutdown_signal();
        let pipeline = {
            let (edge, connections, closing, process) =
                (edge.clone(), connections.clone(), Arc::clone(&closing), Handle::current());
            move || {
                let routing = Arc::clone(&routing);
                let (edge, connections, closing, process) =
                    (edge.clone(), connections.clone(), Arc::clone(&closing), process.clone());
                let app = Service::new().configure(|config| routing(config, &edge)).wrap_fn(move |request, next| {
                    let (process, closing) = (process.clone(), Arc::clone(&closing));
                    let pace = request.conn_data::<Pace>().cloned();
                    if let Some(pace) = &pace {
                        pace.request_begins();
                    }
                    let answer = next.call(request);
                    async move {
                        let mut answer = within(&process, answer).await;
                        if let Some(pace) = pace {
                            pace.request_ends();
                        }
                        if let Ok(answer) = &mut answer
                            && closing.load(Ordering::Relaxed)
                        {
                            answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
                        }
                        answer
                    }
                });
                let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
                let stopping = stopping.clone();
                let http = HttpService::build()
                    .graceful_shutdown_signal(move || {
                        let stopping = stopping.clone();
                        async move { stopping.notified().await }
                    })
                    // Who has closed is gone, or waits for nothing: what is asked for is given up, and not hashed.
                    .h1_allow_half_closed(false)
                    .keep_alive(KEEP_ALIVE)
                    .client_request_timeout(CLIENT_PATIENCE)
                    .client_disconnect_timeout(CLIENT_PATIENCE)
                    .local_addr(addr)
                    .on_connect_ext(|connection: &Connection<TcpStream>, data| {
                        data.insert(connection.pace());
                    })
                    .finish(map_config(app, |()| AppConfig::default()));
                let patience = Patience { head: CLIENT_PATIENCE, reading: READING_PATIENCE };
                let connected = move |io: TcpStream| {
                    let peer = io.peer_addr().ok();
                    let connection = Connection::new(io, patience, connections.enter());
                    ready(Ok::<_, DispatchError>((connection, Protocol::Http1, peer)))
                };
                fn_service(connected).and_then(http)
            }
        };
        let server = builder
            .workers(workers)
            .max_concurrent_connections(limits.connections.div_ceil(workers))
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .disable_signals()
            .listen("doorward", listener, pipeline)?
            .run();
        let handle = server.handle();
        Ok(Self { edge, door, connections, closing, drain: limits.drain, handle, server: tokio::spawn(server) })
    }

    /// Returns when it ends by itself.
    pub(crate) async fn ended(&mut self) -> anyhow::Result<()> {
        Ok((&mut self.server).await??)
    }

    /// Says that it is not ready, and goes on serving until whoever balances the load has seen it.
    pub(crate) async fn leave(&self) {
        self.edge.leave();
        sleep(self.drain).await;
    }

    /// Stops, in this order (docs/adr/0012-lifecycle.md): nobody new connects; whoever is connected is told by the next
    /// answer that it is the last; the connections that are idle then are closed; requests that are under way are
    /// finished. All of that within ten seconds.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let begun = Instant::now();
        // Not before it is awaited: the handle's own future has begun when it is made.
        let pause = async { self.handle.pause().await };
        if let Err(cause) = self.door.close(pause).await {
            tracing::debug!(%cause, "the listener was not closed first");
        }
        self.closing.store(true, Ordering::Relaxed);
        // Who is late loses nothing but the connection.
        let _ = timeout(FAREWELL, self.connections.none_left()).await;
        self.handle.stop(true).await;
        self.server.await??;
        tracing::debug!(took = ?begun.elapsed(), "all connections are closed");
        Ok(())
    }

    /// Cuts every connection, whatever it carries.
    pub(crate) async fn abort(self) -> anyhow::Result<()> {
        self.handle.stop(false).await;
        Ok(self.server.await??)
    }
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

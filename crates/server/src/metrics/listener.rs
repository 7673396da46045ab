//! The listener of the measurements: `GET /metrics`, and nothing else.

use std::{io, net::SocketAddr, sync::Arc};

use actix_web::{
    App as Service, HttpResponse, HttpServer,
    dev::ServerHandle,
    web::{self, Data},
};
use anyhow::Context as _;
use doorward_application::App;
use tokio::{runtime::Handle, task::JoinHandle};

use super::Metrics;
use crate::serving::{self, Door};

/// Publishes what is measured, on a listener of its own: whoever reaches the server from outside does not reach it.
pub(crate) struct Publisher {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

/// What is published, and what is asked for it.
struct Published {
    metrics: Arc<Metrics>,
    app: Arc<App>,
    /// What is opened in a worker must not end with it.
    process: Handle,
}

impl Publisher {
    /// As few as ask: some collectors, and somebody who looks.
    const CONNECTIONS: usize = 16;

    /// Listens.
    pub(crate) fn start(address: SocketAddr, metrics: &Arc<Metrics>, app: &Arc<App>) -> anyhow::Result<Self> {
        let (_door, listener) =
            Door::open(address).with_context(|| format!("{address} cannot be listened on: see metrics.address"))?;
        let addr = listener.local_addr()?;
        let process = Handle::current();
        let published = Data::new(Published { metrics: Arc::clone(metrics), app: Arc::clone(app), process });
        let service = move || {
            Service::new()
                .app_data(published.clone())
                .service(web::resource("/metrics").route(web::get().to(scrape)).route(web::head().to(scrape)))
        };
        let server = HttpServer::new(service)
            .workers(1)
            .max_connections(Self::CONNECTIONS)
            .client_request_timeout(serving::CLIENT_PATIENCE)
            .client_disconnect_timeout(serving::CLIENT_PATIENCE)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?
            .run();
        tracing::info!(%addr, "publishing measurements");
        Ok(Self { addr, handle: server.handle(), server: tokio::spawn(server) })
    }

    /// Stops at once: who asks for measurements asks again.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.handle.stop(false).await;
        Ok(self.server.await??)
    }
}

async fn scrape(published: Data<Published>) -> HttpResponse {
    let Published { metrics, app, process } = published.get_ref();
    match serving::within(process, metrics.scrape(app)).await {
        Ok(text) => HttpResponse::Ok().content_type(Metrics::CONTENT_TYPE).body(text),
        Err(cause) => {
            tracing::error!(%cause, "the measurements were not written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

//! Who wakes the readers of the revocation log.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use doorward_application::ports::RevocationBus;
use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{
        self,
        postgres::{PgListener, PgPoolOptions},
    },
};
use tokio::{
    sync::{Mutex, Notify},
    time::{Instant, sleep_until, timeout_at},
};

use super::{SeaStore, revocations::CHANNEL};

impl SeaStore {
    /// What wakes the readers of this database's revocation log: on PostgreSQL the commits of every node, on SQLite
    /// those through this handle and its clones.
    #[must_use]
    pub fn revocation_bus(&self) -> Arc<dyn RevocationBus> {
        match &self.wakes {
            Some(wakes) => Arc::new(InProcess(Arc::clone(wakes))),
            None => Arc::new(Listening { connection: self.connection.clone(), listener: Mutex::default() }),
        }
    }
}

struct InProcess(Arc<Notify>);

#[async_trait]
impl RevocationBus for InProcess {
    async fn wait(&self, at_most: Duration) {
        // To be late is no failure: the reader looks for itself.
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}

/// LISTEN on a connection of its own, beside those of the pool. Where it is lost, the next wait opens it again; what
/// was told meanwhile is found by the reader, who looks at once.
struct Listening {
    connection: DatabaseConnection,
    listener: Mutex<Option<PgListener>>,
}

#[async_trait]
impl RevocationBus for Listening {
    async fn wait(&self, at_most: Duration) {
        let until = Instant::now() + at_most;
        let mut listener = self.listener.lock().await;
        let Some(open) = listener.as_mut() else {
            match timeout_at(until, self.listen()).await {
                Ok(Ok(opened)) => *listener = Some(opened),
                Ok(Err(cause)) => {
                    tracing::warn!(%cause, "the revocation log is polled: PostgreSQL does not take a listener");
                    sleep_until(until).await;
                }
                Err(_late) => {}
            }
            return;
        };
        match timeout_at(until, open.try_recv()).await {
            Ok(Ok(Some(_told))) => while open.next_buffered().is_some() {},
            // The connection was lost.
            Ok(Ok(None) | Err(_)) => *listener = None,
            Err(_late) => {}
        }
    }
}

impl Listening {
    async fn listen(&self) -> Result<PgListener, sqlx::Error> {
        debug_assert_eq!(self.connection.get_database_backend(), DbBackend::Postgres, "others wake in process");
        let options = self.connection.get_postgres_connection_pool().connect_options();
        let alone = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let mut listener = PgListener::connect_with(&alone.connect_lazy_with((*options).clone())).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}

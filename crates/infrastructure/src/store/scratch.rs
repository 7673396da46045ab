//! Databases that are made for one test and dropped after it, or copied and gone back to.

use std::thread;

use doorward_application::ports::{Clock as _, IdGenerator as _, StoreError};
use sea_orm::{
    ConnectionTrait as _, DbBackend, Statement,
    sqlx::{
        AssertSqlSafe, ConnectOptions as _, Connection as _, Error, PgConnection, postgres::PgConnectOptions, raw_sql,
    },
};
use tokio::runtime;

use super::{SeaStore, failure::failed};
use crate::{clock::SystemClock, uuid_v7::UuidV7};

impl SeaStore {
    /// Brings all that is in the write-ahead log of a SQLite database into the one file, which can be copied from then on
    /// until somebody writes. No unit may be open meanwhile.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let checkpoint = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let told = self.connection.query_one_raw(checkpoint).await.map_err(failed)?;
        let busy: i32 = told.ok_or_else(|| StoreError::new("no answer"))?.try_get_by_index(0).map_err(failed)?;
        if busy == 0 { Ok(()) } else { Err(StoreError::new("somebody still reads or writes")) }
    }
}

/// An empty database of a test's own. Dropped, it is gone.
pub struct ScratchDatabase {
    url: String,
    /// The folder or the database, which is removed when this is dropped.
    _place: Box<dyn Send + Sync>,
}

struct OnServer {
    server: PgConnectOptions,
    name: String,
}

impl ScratchDatabase {
    /// The variable that says where PostgreSQL is, as a user who may create databases.
    const SERVER: &str = "DOORWARD_TEST_POSTGRES_URL";

    /// A SQLite file in a temporary folder. The file is made when it is first connected to.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("doorward.db").display());
        Self { url, _place: Box::new(folder) }
    }

    /// A database on the PostgreSQL server that `DOORWARD_TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings; who runs them says where PostgreSQL is")]
        let server = std::env::var(Self::SERVER);
        let Ok(server) = server else { panic!("this test needs PostgreSQL: run `make test`, or set {}", Self::SERVER) };
        let server: PgConnectOptions = server.parse().expect("DOORWARD_TEST_POSTGRES_URL is a URL of PostgreSQL");
        let name = format!("doorward_{}", UuidV7::default().next(SystemClock.now()).simple());
        execute(&server, format!("CREATE DATABASE {name}")).await.expect("PostgreSQL creates a database");
        let url = server.clone().database(&name).to_url_lossy().to_string();
        Self { url, _place: Box::new(OnServer { server, name }) }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        let Self { server, name } = self;
        let drop_it = || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            // By force: the connections of the test's pool may still be open.
            runtime.block_on(execute(server, format!("DROP DATABASE {name} WITH (FORCE)")))
        };
        // A thread, because inside of a runtime nothing may block on another one.
        let dropped = thread::scope(|scope| scope.spawn(drop_it).join());
        if !thread::panicking() {
            dropped.expect("the thread ends").expect("PostgreSQL drops the database");
        }
    }
}

async fn execute(server: &PgConnectOptions, sql: String) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(server).await?;
    raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

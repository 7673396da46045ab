//! Connecting to SQLite and PostgreSQL, and all that differs between them.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use doorward_application::ports::StoreError;
use sea_orm::{
    DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector,
    sqlx::{
        self, ConnectOptions as _, Connection as _,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use super::patience::Patience;

/// Where the database is.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// `sqlite://path/to/file` or `postgres://user:password@host:port/database`.
    pub url: String,
    /// The most connections to open.
    pub max_connections: u32,
}

/// How long a unit waits for a connection of the pool.
const ACQUIRED_WITHIN: Duration = Duration::from_secs(2);

/// How long one who wants to write waits for a writer of another process. SQLite has one writer at a time.
const LOCKED_WITHIN: Duration = Duration::from_secs(5);

/// How long PostgreSQL works on one statement, and waits for a lock on a row. Each of ours is done in milliseconds; one
/// that is not, because the server is overloaded or waits for its disk, gives its connection back before all of the pool
/// hang in the like. Whoever asked is to have an answer within three seconds, and be it 503.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// A connection that was idle for so long is tried before it is used. To try every time would cost a round trip more
/// for each unit.
const TRIED_AFTER: Duration = Duration::from_secs(1);

impl DatabaseOptions {
    /// Opens a pool. It is sqlx's own, because sea-orm's would show the URL, with its password, to a trace.
    pub(super) async fn connect(&self) -> Result<(DatabaseConnection, Patience), StoreError> {
        match self.url.split_once(':') {
            Some(("sqlite", _)) => Ok((self.sqlite().await?, Patience::default())),
            Some(("postgres" | "postgresql", _)) => {
                let patience = Patience::with_a_server();
                Ok((self.postgres(&patience)?, patience))
            }
            _ => Err(StoreError::new("the database's URL must begin with sqlite:// or postgres://")),
        }
    }

    async fn sqlite(&self) -> Result<DatabaseConnection, StoreError> {
        if self.url.contains(":memory:") || self.url.contains("mode=memory") {
            return Err(StoreError::new("the database must be a file: in memory, each connection would have its own"));
        }
        let options: SqliteConnectOptions = self.url.parse().map_err(StoreError::new)?;
        let path = options.get_filename().to_owned();
        let unusable = |cause: &dyn std::fmt::Display| StoreError::new(format!("{}: {cause}", path.display()));
        create(&path).map_err(|cause| unusable(&cause))?;
        let options = options
            // With a write-ahead log alone, what was committed could be gone after a loss of power.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(LOCKED_WITHIN)
            .disable_statement_logging();
        tokio::time::timeout(LOCKED_WITHIN, keep_a_write_ahead_log(&options))
            .await
            .unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut))
            .map_err(|cause| unusable(&cause))?;
        let pool = SqlitePoolOptions::new()
            .max_connections(self.max_connections)
            .acquire_timeout(ACQUIRED_WITHIN)
            .test_before_acquire(false)
            // On a full disk SQLite rolls back by itself, and sqlx still counts a transaction: from then on this
            // connection would answer each commit with a savepoint's release, and lose it.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options)
            .await
            .map_err(|cause| unusable(&cause))?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    /// `PgBouncer` refuses the options at the start of a connection. With `ignore_startup_parameters = options` it drops
    /// them, and the role needs them instead: `ALTER ROLE … SET statement_timeout = '2s'`, and so on.
    ///
    /// There is no TCP keepalive among them, because sqlx has none. A connection that was idle is tried before it is
    /// used; one whose server says nothing more in the middle of a statement is given up by `patience`.
    fn postgres(&self, patience: &Patience) -> Result<DatabaseConnection, StoreError> {
        let options: PgConnectOptions = self.url.parse().map_err(StoreError::new)?;
        let options = options
            .application_name("doorward")
            .options([
                // What the repositories are written for, whatever the server's default is.
                ("default_transaction_isolation", "read committed".to_owned()),
                ("lock_timeout", format!("{}ms", ANSWERED_WITHIN.as_millis())),
                ("statement_timeout", format!("{}ms", ANSWERED_WITHIN.as_millis())),
                // A node that hangs in a unit, or is lost, must not keep a user locked for the others.
                ("idle_in_transaction_session_timeout", "5s".to_owned()),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(self.max_connections)
            .acquire_timeout(ACQUIRED_WITHIN)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for >= TRIED_AFTER {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_release({
                let patience = patience.clone();
                move |connection, _| {
                    let patience = patience.clone();
                    Box::pin(async move { patience.prove(connection).await })
                }
            })
            .connect_lazy_with(options);
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }
}

/// Tells the file, for good, that it is one with a write-ahead log. While others open the file, SQLite refuses that
/// at once instead of waiting as it does for every other statement: where eight processes start together, one in
/// thirty was told that the database is locked.
async fn keep_a_write_ahead_log(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    /// `SQLITE_BUSY`, whose extended codes have it for their lowest byte.
    const BUSY: i32 = 5;
    let busy = |code: &str| code.parse::<i32>().is_ok_and(|code| code & 0xff == BUSY);

    let options = options.clone().journal_mode(SqliteJournalMode::Wal);
    loop {
        match options.connect().await {
            Ok(connection) => return connection.close().await,
            Err(sqlx::Error::Database(cause)) if cause.code().is_some_and(|code| busy(&code)) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(cause) => return Err(cause),
        }
    }
}

/// Makes the file and its folder if they are missing. Nobody but the owner may read it, nor the files that SQLite
/// puts beside it, which take its mode.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement, TryGetable};

    use super::DatabaseOptions;
    use crate::store::scratch::ScratchDatabase;

    async fn connect(url: &str) -> DatabaseConnection {
        DatabaseOptions { url: url.to_owned(), max_connections: 2 }.connect().await.unwrap().0
    }

    async fn ask<T: TryGetable>(connection: &DatabaseConnection, question: &str) -> T {
        let question = Statement::from_string(connection.get_database_backend(), question);
        connection.query_one_raw(question).await.unwrap().unwrap().try_get_by(0).unwrap()
    }

    #[tokio::test]
    async fn sqlite_keeps_what_was_committed_and_checks_references() {
        let database = ScratchDatabase::sqlite();
        let connection = connect(database.url()).await;
        assert_eq!(ask::<String>(&connection, "PRAGMA journal_mode").await, "wal");
        assert_eq!(ask::<i32>(&connection, "PRAGMA synchronous").await, 2, "FULL");
        assert_eq!(ask::<i32>(&connection, "PRAGMA foreign_keys").await, 1);
        assert_eq!(ask::<i32>(&connection, "PRAGMA busy_timeout").await, 5_000);
    }

    #[tokio::test]
    async fn a_sqlite_file_is_made_with_its_folder_and_its_owner_alone_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/doorward.db");
        let connection = connect(&format!("sqlite://{}", path.display())).await;
        connection.execute_unprepared("CREATE TABLE t (c)").await.unwrap();
        let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(Result::unwrap).collect();
        assert!(files.len() > 1, "SQLite has put its log beside the file");
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        }
    }

    #[tokio::test]
    async fn postgresql_neither_waits_for_good_nor_isolates_otherwise_than_expected() {
        let database = ScratchDatabase::postgres().await;
        let connection = connect(database.url()).await;
        assert_eq!(ask::<String>(&connection, "SHOW transaction_isolation").await, "read committed");
        assert_eq!(ask::<String>(&connection, "SHOW lock_timeout").await, "2s");
        assert_eq!(ask::<String>(&connection, "SHOW statement_timeout").await, "2s");
        assert_eq!(ask::<String>(&connection, "SHOW idle_in_transaction_session_timeout").await, "5s");
    }
}

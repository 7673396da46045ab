//! Copies of a SQLite database, and the way of one into its place.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use doorward_application::ports::{RevocationRepository as _, StoreError, UnitOfWork as _};
use doorward_domain::{
    Timestamp,
    session::{EndReason, SessionEnd},
};
use sea_orm::{
    ConnectionTrait as _, DbBackend, Statement,
    sqlx::{
        self, ConnectOptions as _, Connection as _,
        postgres::PgConnectOptions,
        raw_sql,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode},
    },
};

use super::{DatabaseOptions, SeaStore, failure::failed, sessions, unit_of_work::SeaUnitOfWork};

/// Why a database was left in its place.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// Another process has it open.
    #[error("another process uses it")]
    InUse,
    /// The file system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl DatabaseOptions {
    /// Those of a file of SQLite's.
    #[must_use]
    pub fn of_file(file: &Path) -> Self {
        // Percent-encoded as far as the parser of such URLs looks.
        let path = file.display().to_string().replace('%', "%25").replace('?', "%3F");
        Self { url: format!("sqlite://{path}"), max_connections: 1 }
    }

    /// The file, if it is SQLite's.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let options: SqliteConnectOptions = self.url.starts_with("sqlite:").then(|| self.url.parse().ok()).flatten()?;
        Some(options.get_filename().to_owned())
    }

    /// The command that copies a PostgreSQL database into this file, without the password; nothing for SQLite.
    #[must_use]
    pub fn pg_dump(&self, file: &Path) -> Option<String> {
        let server: PgConnectOptions = self.url.starts_with("postgres").then(|| self.url.parse().ok()).flatten()?;
        let database = server.get_database().unwrap_or_else(|| server.get_username());
        Some(format!(
            "pg_dump --format=custom --no-owner --host={} --port={} --username={} --dbname={database} --file={}",
            server.get_host(),
            server.get_port(),
            server.get_username(),
            file.display(),
        ))
    }
}

impl SeaStore {
    /// Copies a whole SQLite database, as it is at one moment, into a file that is there and empty. Others read and
    /// write meanwhile; what was committed before it began is in the copy.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::new("the file's name is not Unicode"))?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
        self.connection.execute_raw(copy).await.map(drop).map_err(failed)
    }

    /// Fails unless each page and each reference of a SQLite database is sound.
    pub async fn check_integrity(&self) -> Result<(), StoreError> {
        let ask = async |question: &str| {
            let question = Statement::from_string(DbBackend::Sqlite, question);
            self.connection.query_all_raw(question).await.map_err(failed)
        };
        for row in ask("PRAGMA integrity_check").await? {
            let said: String = row.try_get_by_index(0).map_err(failed)?;
            if said != "ok" {
                return Err(StoreError::new(format!("the database is damaged: {said}")));
            }
        }
        match ask("PRAGMA foreign_key_check").await?.first() {
            None => Ok(()),
            Some(row) => {
                let table: String = row.try_get_by_index(0).map_err(failed)?;
                Err(StoreError::new(format!("the database is damaged: {table} refers to what is not there")))
            }
        }
    }

    /// Ends every session, and tells the revocation log. Says how many.
    pub async fn end_all_sessions(&self, at: Timestamp) -> Result<u64, StoreError> {
        let writing = self.begin_writing().await?;
        let mut unit = SeaUnitOfWork::writing(writing, Arc::clone(&self.sealer), self.wakes.clone());
        let ended = unit.end_these(sessions::ending_all(SessionEnd { at, reason: EndReason::EndedByAdmin })).await?;
        let revoked = unit.revoked().to_vec();
        unit.append(&revoked, at).await?;
        Box::new(unit).commit().await?;
        Ok(ended)
    }

    /// Closes the connections. SQLite then keeps all in the one file.
    pub async fn close(self) -> Result<(), StoreError> {
        self.connection.close().await.map_err(failed)
    }
}

/// What SQLite puts beside a database.
fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Puts a SQLite database into the place of another, at once, and gives the other a name aside, unless a process has it
/// open. One that is so damaged that SQLite does not open it is put aside as it is.
pub async fn exchange(new: &Path, database: &Path, aside: &Path) -> Result<(), ExchangeError> {
    /// `SQLITE_BUSY` and `SQLITE_LOCKED`, which extended codes have for their lowest byte.
    const IN_USE: [i32; 2] = [5, 6];
    let in_use = |code: &str| code.parse::<i32>().is_ok_and(|code| IN_USE.contains(&(code & 0xff)));

    let options = SqliteConnectOptions::new()
        .filename(database)
        // Alone, and without a write-ahead log: all that it held is in the one file then.
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Delete)
        .busy_timeout(Duration::ZERO);
    let alone = async {
        let mut connection = options.connect().await?;
        raw_sql("BEGIN EXCLUSIVE").execute(&mut connection).await?;
        Ok::<_, sqlx::Error>(connection)
    };
    let held = match alone.await {
        Ok(connection) => Some(connection),
        Err(sqlx::Error::Database(cause)) if cause.code().is_some_and(|code| in_use(&code)) => {
            return Err(ExchangeError::InUse);
        }
        // Damaged. What SQLite has left beside it goes with it, or it would be taken for a part of the new one.
        Err(_) => {
            for suffix in ["-wal", "-shm", "-journal"] {
                match fs::rename(beside(database, suffix), beside(aside, suffix)) {
                    Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause.into()),
                    _ => {}
                }
            }
            None
        }
    };
    fs::hard_link(database, aside)?;
    fs::rename(new, database)?;
    if let Some(connection) = held {
        let _ = connection.close().await;
    }
    Ok(())
}

/// What SQLite has left beside a database that is not there: it would be taken for a part of the one that is put there.
#[must_use]
pub fn left_over(database: &Path) -> Option<PathBuf> {
    ["-wal", "-journal"].into_iter().map(|suffix| beside(database, suffix)).find(|file| file.exists())
}

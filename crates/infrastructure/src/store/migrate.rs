//! Making the tables, once, however many processes try.

use std::collections::BTreeSet;

use doorward_application::ports::StoreError;
use doorward_migrations::{Migrator, MigratorTrait as _, SchemaManager};
use sea_orm::{ConnectionTrait as _, DatabaseExecutor, DatabaseTransaction, DbBackend, Statement, sea_query::Query};

use super::{SeaStore, failure::failed, unit_of_work::Writing};

/// A migration, and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The migration's name, which begins with its date.
    pub name: String,
    /// Whether it has been applied.
    pub applied: bool,
    /// Whether this version has it. A later one has applied it otherwise.
    pub known: bool,
}

impl SeaStore {
    /// Applies the migrations that have not been applied, all or none, and names them. A database that a later version
    /// has migrated further is left as it is.
    pub async fn migrate_up(&self) -> Result<Vec<String>, StoreError> {
        // Most starts find nothing to do, and need not wait for anyone to see it.
        if pending(&self.connection).await?.is_empty() {
            return Ok(Vec::new());
        }
        let writing = self.begin_migrating().await?;
        let pending = pending(writing.at_leisure()).await?;
        if !pending.is_empty() {
            Migrator::up(writing.at_leisure(), None).await.map_err(failed)?;
        }
        writing.commit_at_leisure().await?;
        Ok(pending)
    }

    /// Takes back the last `steps` migrations, all or none, and names them, the latest first. What their tables held
    /// is lost.
    pub async fn migrate_down(&self, steps: u32) -> Result<Vec<String>, StoreError> {
        let writing = self.begin_migrating().await?;
        let before = status(writing.at_leisure()).await?;
        Migrator::down(writing.at_leisure(), Some(steps)).await.map_err(failed)?;
        let after = status(writing.at_leisure()).await?;
        writing.commit_at_leisure().await?;
        Ok(before.into_iter().filter(|was| was.applied && !after.contains(was)).map(|was| was.name).rev().collect())
    }

    /// Every migration of this version, the oldest first, and then those that a later one has applied. Reads only.
    pub async fn migration_status(&self) -> Result<Vec<MigrationStatus>, StoreError> {
        let status = async { Ok(status(&self.connection).await) };
        self.patience.wait(status).await.map_err(failed)?
    }

    /// Begins a transaction in which nobody else migrates: tables are made inside of transactions on both databases.
    /// On SQLite a writing transaction is alone as it is; on PostgreSQL, whoever migrates takes a lock of this name,
    /// which the end of the transaction gives back.
    async fn begin_migrating(&self) -> Result<Writing, StoreError> {
        /// "doorward" in ASCII.
        const LOCK: i64 = i64::from_be_bytes(*b"doorward");

        let writing = self.begin_writing().await?;
        if writing.at_leisure().get_database_backend() == DbBackend::Postgres {
            // Another node's migrations may take longer than a row is ever locked, and ours than any other statement.
            execute(writing.at_leisure(), "SET LOCAL lock_timeout = '60s'".to_owned()).await?;
            execute(writing.at_leisure(), "SET LOCAL statement_timeout = 0".to_owned()).await?;
            execute(writing.at_leisure(), format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        }
        Ok(writing)
    }
}

async fn execute(tx: &DatabaseTransaction, sql: String) -> Result<(), StoreError> {
    tx.execute_raw(Statement::from_string(tx.get_database_backend(), sql)).await.map(drop).map_err(failed)
}

async fn pending(connection: impl Into<DatabaseExecutor<'_>>) -> Result<Vec<String>, StoreError> {
    let status = status(connection).await?;
    Ok(status.into_iter().filter(|migration| !migration.applied).map(|migration| migration.name).collect())
}

/// Reads, and unlike the migrator's own status makes no table to read from.
async fn status(connection: impl Into<DatabaseExecutor<'_>>) -> Result<Vec<MigrationStatus>, StoreError> {
    const TABLE: &str = "seaql_migrations";

    let manager = SchemaManager::new(connection.into());
    let mut applied = BTreeSet::<String>::new();
    if manager.has_table(TABLE).await.map_err(failed)? {
        let names = Query::select().column("version").from(TABLE).take();
        for row in manager.get_connection().query_all(&names).await.map_err(failed)? {
            applied.insert(row.try_get_by_index(0).map_err(failed)?);
        }
    }
    let ours = Migrator::get_migration_files();
    let mut status = |name: &str| MigrationStatus { name: name.to_owned(), applied: applied.remove(name), known: true };
    let mut all: Vec<_> = ours.iter().map(|ours| status(ours.name())).collect();
    all.extend(applied.into_iter().map(|name| MigrationStatus { name, applied: true, known: false }));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use doorward_domain::Secret;
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

    use crate::{
        Sealer,
        store::{DatabaseOptions, SeaStore, scratch::ScratchDatabase},
    };

    #[tokio::test]
    async fn no_migration_is_cut_short_for_taking_long() {
        let database = ScratchDatabase::postgres().await;
        let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 1 };
        let sealer = Sealer::new(&Secret::new(vec![7; Sealer::MIN_MASTER_LEN]), &[]).unwrap();
        let store = SeaStore::connect(&options, Arc::new(sealer)).await.unwrap();
        let question = || Statement::from_string(DbBackend::Postgres, "SHOW statement_timeout");

        let migrating = store.begin_migrating().await.unwrap();
        let row = migrating.at_leisure().query_one_raw(question()).await.unwrap().unwrap();
        assert_eq!(row.try_get_by::<String, _>(0).unwrap(), "0");
        migrating.commit().await.unwrap();
        let row = store.connection.query_one_raw(question()).await.unwrap().unwrap();
        assert_eq!(row.try_get_by::<String, _>(0).unwrap(), "2s");
    }
}

//! The store, with sea-orm over SQLite and PostgreSQL.
//!
//! [`SeaStore`] begins units of work; a unit of work implements every repository port itself, one `impl` a file. Rows
//! (`entity`) are private to this module: the domain knows nothing of columns. Queries are the same for both databases,
//! and sea-query leaves out the row locks that SQLite, where one unit writes at a time, has no need of. What differs
//! stands in `connect` and `migrate`, and where only PostgreSQL has others to reckon with: the revocation log and its bus
//! tell the other nodes and do not keep them waiting, and `check_clock` asks for the server's time.

mod attempts;
mod audit;
pub mod backup;
mod bulk;
mod connect;
#[expect(unreachable_pub, reason = "sea-orm derives public items; the module is private")]
mod entity;
mod failure;
mod invitations;
mod kept_answers;
pub mod keys;
mod metrics;
mod migrate;
mod migration_plan;
mod one_time_tokens;
mod outbox;
mod patience;
#[cfg(test)]
mod plan;
mod profiles;
pub mod reseal;
mod revocation_bus;
mod revocations;
#[cfg(feature = "scratch")]
pub mod scratch;
mod sessions;
mod signing_keys;
mod unit_of_work;
mod user_import;
mod user_names;
mod user_search;
mod users;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
pub use connect::DatabaseOptions;
use doorward_application::ports::{Access, Clock as _, Store, StoreError, UnitOfWork};
use doorward_domain::Timestamp;
use failure::failed;
use metrics::Waits;
pub use migrate::MigrationStatus;
pub use migration_plan::{Locks, PlannedMigration, PlannedStatement};
use patience::Patience;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait as _,
};
use tokio::{
    sync::{Notify, Semaphore},
    time::timeout,
};
use unit_of_work::{SeaUnitOfWork, Writing};

use crate::{Sealer, clock::SystemClock};

/// Users, profiles, sessions, messages and keys in SQLite or PostgreSQL. A clone is another handle on the same pool.
#[derive(Clone)]
pub struct SeaStore {
    connection: DatabaseConnection,
    patience: Patience,
    /// The turn to write, where only one unit can: SQLite's own queue is a busy handler that sleeps and tries again,
    /// in which some wait for ever while others are lucky; this one is first come, first served.
    turn: Option<Arc<Semaphore>>,
    /// Told of each commit that wrote to the revocation log, where no database tells it.
    wakes: Option<Arc<Notify>>,
    sealer: Arc<Sealer>,
    waits: Waits,
}

impl SeaStore {
    /// How long a unit may wait to begin, for a connection and for its turn.
    const BEGINS_WITHIN: Duration = Duration::from_secs(5);

    /// How far the machine's clock may be from the database's. Sessions begun by one node and judged by another
    /// would otherwise end too early or too late.
    const CLOCK_TOLERANCE: Duration = Duration::from_secs(1);

    /// Opens the database. A SQLite file is made if it is missing; PostgreSQL is connected to when it is first used.
    /// Tables are made by [`migrate_up`](Self::migrate_up).
    pub async fn connect(options: &DatabaseOptions, sealer: Arc<Sealer>) -> Result<Self, StoreError> {
        let (connection, patience) = options.connect().await?;
        let one_writer = connection.get_database_backend() == DbBackend::Sqlite;
        Ok(Self {
            connection,
            patience,
            turn: one_writer.then(|| Arc::new(Semaphore::new(1))),
            wakes: one_writer.then(Arc::default),
            sealer,
            waits: Waits::default(),
        })
    }

    async fn begin_writing(&self) -> Result<Writing, StoreError> {
        let asked = Instant::now();
        let begun = self.try_to_begin().await;
        self.waits.seconds.observe(asked.elapsed().as_secs_f64());
        if begun.is_err() {
            self.waits.failures.inc();
        }
        begun
    }

    async fn try_to_begin(&self) -> Result<Writing, StoreError> {
        let begin = async {
            let turn = match &self.turn {
                Some(turn) => Some(Arc::clone(turn).acquire_owned().await.map_err(StoreError::new)?),
                None => None,
            };
            // SQLite cannot always turn a reading transaction into a writing one, however long it waits.
            let immediate = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            let tx = self.patience.wait(self.connection.begin_with_options(immediate)).await.map_err(failed)?;
            Ok(Writing::new(tx, self.patience.clone(), turn))
        };
        let overdue = |_| StoreError::new("no unit could begin: too many others are writing");
        timeout(Self::BEGINS_WITHIN, begin).await.map_err(overdue)?
    }

    /// Fails if the machine's clock and PostgreSQL's differ. SQLite's clock is the machine's.
    async fn check_clock(&self) -> Result<(), StoreError> {
        if self.connection.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let question = Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp()");
        // The real clock, not the port: it is the machine that is being measured.
        let asked = SystemClock.now();
        let answer = self.patience.wait(self.connection.query_one_raw(question)).await.map_err(failed)?;
        let answered = SystemClock.now();
        let theirs: Timestamp =
            answer.ok_or_else(|| StoreError::new("no answer"))?.try_get_by_index(0).map_err(failed)?;
        let off = apart(asked, theirs, answered);
        if off > Self::CLOCK_TOLERANCE {
            return Err(StoreError::new(format!("the machine's clock and PostgreSQL's are {off:?} apart")));
        }
        Ok(())
    }
}

/// How far `theirs` certainly is from our clock: it was read between the other two.
fn apart(asked: Timestamp, theirs: Timestamp, answered: Timestamp) -> Duration {
    (asked - theirs).max(theirs - answered).to_std().unwrap_or(Duration::ZERO)
}

#[async_trait]
impl Store for SeaStore {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(match access {
            Access::Read => {
                SeaUnitOfWork::reading(self.connection.clone(), self.patience.clone(), Arc::clone(&self.sealer))
            }
            Access::Write => {
                SeaUnitOfWork::writing(self.begin_writing().await?, Arc::clone(&self.sealer), self.wakes.clone())
            }
        }))
    }

    async fn check(&self) -> Result<(), StoreError> {
        let check = async {
            let pending = self.migration_status().await?.into_iter().find(|migration| !migration.applied);
            match pending {
                Some(MigrationStatus { name, .. }) => {
                    Err(StoreError::new(format!("the migration {name} has not been applied")))
                }
                None => self.check_clock().await,
            }
        };
        timeout(Self::BEGINS_WITHIN, check).await.map_err(|_| StoreError::new("the database does not answer"))?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_domain::Timestamp;

    use super::apart;

    #[test]
    fn clocks_are_as_far_apart_as_the_answers_way_cannot_explain() {
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        let off = |theirs| apart(at(10), at(theirs), at(20));
        assert_eq!([off(7), off(10), off(15), off(20), off(23)], [3, 0, 0, 0, 3].map(Duration::from_secs));
    }
}

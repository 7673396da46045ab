//! Messages, invitations, kept answers and counters over SQLite and PostgreSQL: what units do to each other that run at once,
//! and what becomes of rows that this deployment cannot read.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod attempts;
mod kept_answers;
mod outbox;
mod races;
mod resealing;
mod waits;

use std::{future::Future, sync::Arc};

use doorward_application::ports::{Access, Store as _, UnitOfWork};
use doorward_domain::Secret;
use doorward_infrastructure::{
    Sealer,
    store::{DatabaseOptions, SeaStore, scratch::ScratchDatabase},
};
use doorward_testkit::builders::{message, password_hash, user};
use sea_orm::{Database, DatabaseConnection};
use tokio::task::JoinSet;

/// Makes a test of each of these on both databases.
macro_rules! on_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() {
                super::$test(doorward_infrastructure::store::scratch::ScratchDatabase::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() {
                super::$test(doorward_infrastructure::store::scratch::ScratchDatabase::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

fn sealer(master: u8, previous: &[u8]) -> Sealer {
    let secret = |byte| Secret::new(vec![byte; Sealer::MIN_MASTER_LEN]);
    let previous: Vec<_> = previous.iter().copied().map(secret).collect();
    Sealer::new(&secret(master), &previous).unwrap()
}

/// The database, as a process with this master secret opens it.
async fn connect(database: &ScratchDatabase, master: u8) -> SeaStore {
    connect_with(database, master, &[]).await
}

/// The same, with other secrets that open.
async fn connect_with(database: &ScratchDatabase, master: u8, previous: &[u8]) -> SeaStore {
    let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 16 };
    SeaStore::connect(&options, Arc::new(sealer(master, previous))).await.unwrap()
}

/// The database with its tables, as two processes open it.
async fn two_processes(database: &ScratchDatabase) -> [SeaStore; 2] {
    let store = connect(database, 1).await;
    store.migrate_up().await.unwrap();
    [store, connect(database, 1).await]
}

/// The database, past the store.
async fn raw(database: &ScratchDatabase) -> DatabaseConnection {
    Database::connect(database.url()).await.unwrap()
}

async fn write(store: &SeaStore) -> Box<dyn UnitOfWork> {
    store.begin(Access::Write).await.unwrap()
}

/// Adds a user and messages to the user, all due at noon.
async fn push(store: &SeaStore, messages: u32) {
    let mut unit = write(store).await;
    unit.users().insert(&user(1), Some(&password_hash(1))).await.unwrap();
    for n in 0..messages {
        unit.outbox().push(&message(&user(1), n)).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Does the same as often as said at once, in two processes, and gathers what became of each.
async fn race<T: Send + 'static, F>(stores: &[SeaStore; 2], racers: u32, run: impl Fn(SeaStore, u32) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let mut running = JoinSet::new();
    for (n, store) in (0..racers).zip(stores.iter().cycle()) {
        running.spawn(run(store.clone(), n));
    }
    running.join_all().await
}

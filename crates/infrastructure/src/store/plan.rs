//! What a database is going to do for a query, for tests that say what it must not.

use std::sync::Arc;

use doorward_domain::Secret;
use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait, Statement};

use super::{DatabaseOptions, SeaStore, scratch::ScratchDatabase};
use crate::Sealer;

/// A store with its tables.
pub(super) async fn migrated(database: &ScratchDatabase) -> SeaStore {
    let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 1 };
    let sealer = Sealer::new(&Secret::new(vec![7; Sealer::MIN_MASTER_LEN]), &[]).expect("a master secret");
    let store = SeaStore::connect(&options, Arc::new(sealer)).await.expect("a database");
    store.migrate_up().await.expect("tables");
    store
}

/// The steps of the plan. PostgreSQL looks at what the tables hold before, as it does by itself; SQLite never does.
pub(super) async fn plan_of(store: &SeaStore, query: &impl QueryTrait) -> String {
    let backend = store.connection.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    if backend == DbBackend::Postgres {
        store.connection.execute_unprepared("ANALYZE").await.expect("the tables are looked at");
    }
    let question = Statement::from_string(backend, format!("{explain} {}", query.build(backend)));
    let steps = store.connection.query_all_raw(question).await.expect("a plan");
    steps.iter().map(|step| step.try_get_by::<String, _>(column).expect("a step") + "\n").collect()
}

/// Whether a step of the plan reads the whole table: neither what an index finds, nor only as many rows as are wanted,
/// in the order of an index.
pub(super) fn is_whole(table: &str, plan: &str) -> bool {
    let on_sqlite = |step: &str| step.starts_with(&format!("SCAN {table}")) && !step.contains(" USING INDEX ");
    plan.lines().any(|step| step.contains(&format!("Seq Scan on {table}")) || on_sqlite(step))
}

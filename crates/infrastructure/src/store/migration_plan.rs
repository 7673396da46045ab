//! What the migrations that are missing would do, found out without doing it.

use std::collections::BTreeMap;

use doorward_application::ports::StoreError;
use doorward_migrations::{Migrator, MigratorTrait as _, SchemaManager};
use sea_orm::{DbBackend, MockDatabase, MockExecResult, Transaction, Value};

use super::{SeaStore, failure::failed};

/// A migration that is missing.
#[derive(Clone, Debug)]
pub struct PlannedMigration {
    /// The migration's name.
    pub name: String,
    /// What it would execute, in this order.
    pub statements: Vec<PlannedStatement>,
}

/// One of its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStatement {
    /// The statement.
    pub sql: String,
    /// What it is, as in `CREATE INDEX`.
    pub kind: String,
    /// The table that it is about; empty if it names none.
    pub table: String,
    /// Whom it keeps waiting, from here to the end of all the migrations, which are one transaction.
    pub locks: Locks,
}

/// Whom a statement keeps waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locks {
    /// Whoever writes, to any table. On SQLite one transaction writes at a time; whoever reads goes on.
    Writers,
    /// Nobody: the table is new.
    Nobody,
    /// Whoever writes the rows that it writes.
    Rows,
    /// Whoever writes to one of these tables (PostgreSQL's SHARE and SHARE ROW EXCLUSIVE).
    WritersOf(Vec<String>),
    /// Whoever reads or writes the table (PostgreSQL's ACCESS EXCLUSIVE).
    Everybody,
}

impl SeaStore {
    /// What [`migrate_up`](Self::migrate_up) would do now. Reads which migrations were made, and nothing else: their
    /// statements go to a recorder, which answers that there are no rows: what a migration would write because of rows
    /// that it reads is not in it.
    pub async fn migration_plan(&self) -> Result<Vec<PlannedMigration>, StoreError> {
        /// More than any migration has.
        const MOST_STATEMENTS: usize = 1_000;
        let nothing = MockExecResult { last_insert_id: 0, rows_affected: 0 };
        let backend = self.connection.get_database_backend();
        let missing: Vec<_> = self.migration_status().await?.into_iter().filter(|one| !one.applied).collect();
        let mut plan = Vec::new();
        let mut new_tables = Vec::new();
        for migration in Migrator::migrations().iter().filter(|one| missing.iter().any(|it| it.name == one.name())) {
            let mock = MockDatabase::new(backend)
                .append_exec_results(vec![nothing.clone(); MOST_STATEMENTS])
                .append_query_results(vec![Vec::<BTreeMap<String, Value>>::new(); MOST_STATEMENTS])
                .into_connection();
            migration.up(&SchemaManager::new(&mock)).await.map_err(failed)?;
            let log = mock.into_transaction_log();
            let recorded = log.iter().flat_map(Transaction::statements);
            let statements = recorded.map(|it| planned(it.to_string(), backend, &mut new_tables)).collect();
            plan.push(PlannedMigration { name: migration.name().to_owned(), statements });
        }
        Ok(plan)
    }
}

/// Reads from a statement what it is and what it locks. `new_tables` are those that no other process knows yet.
fn planned(sql: String, backend: DbBackend, new_tables: &mut Vec<String>) -> PlannedStatement {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let kind = match *words.as_slice() {
        ["CREATE", "UNIQUE", "INDEX", ..] => "CREATE INDEX".to_owned(),
        ["INSERT" | "UPDATE" | "DELETE" | "SELECT", ..] => words[0].to_owned(),
        [first, second, ..] => format!("{first} {second}"),
        _ => String::new(),
    };
    let before_the_table = match kind.as_str() {
        "CREATE INDEX" => &["ON"][..],
        "CREATE TABLE" | "ALTER TABLE" | "DROP TABLE" => &["EXISTS", "TABLE"],
        "DROP INDEX" => &["EXISTS", "INDEX"],
        "INSERT" => &["INTO"],
        "UPDATE" => &["UPDATE"],
        _ => &["FROM"],
    };
    let after = |word: &str| {
        let at = words.iter().position(|it| it.eq_ignore_ascii_case(word))?;
        let next = words.get(at + 1)?.split('(').next()?;
        Some(next.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_owned())
    };
    let table = before_the_table.iter().find_map(|word| after(word)).unwrap_or_default();
    let is_new = new_tables.contains(&table);
    let locks = match kind.as_str() {
        _ if backend == DbBackend::Sqlite => Locks::Writers,
        "CREATE TABLE" => {
            let referenced: Vec<_> = after("REFERENCES").into_iter().filter(|it| !new_tables.contains(it)).collect();
            if referenced.is_empty() { Locks::Nobody } else { Locks::WritersOf(referenced) }
        }
        _ if is_new => Locks::Nobody,
        "CREATE INDEX" => Locks::WritersOf(vec![table.clone()]),
        "INSERT" | "UPDATE" | "DELETE" => Locks::Rows,
        "SELECT" => Locks::Nobody,
        _ => Locks::Everybody,
    };
    if kind == "CREATE TABLE" {
        new_tables.push(table.clone());
    }
    PlannedStatement { sql, kind, table, locks }
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::{Locks, PlannedStatement, planned};

    fn of(sql: &str) -> (String, String, Locks) {
        let PlannedStatement { kind, table, locks, .. } = planned(sql.to_owned(), DbBackend::Postgres, &mut Vec::new());
        (kind, table, locks)
    }

    #[test]
    fn a_statement_says_what_it_locks_on_postgresql() {
        let writers = |table: &str| Locks::WritersOf(vec![table.to_owned()]);
        let expected = [
            (r#"CREATE TABLE "a" ( "id" uuid )"#, "CREATE TABLE", "a", Locks::Nobody),
            (r#"CREATE TABLE IF NOT EXISTS "a" ( "b" uuid )"#, "CREATE TABLE", "a", Locks::Nobody),
            (
                r#"CREATE TABLE "a" ( FOREIGN KEY ("b") REFERENCES "users" ("id") )"#,
                "CREATE TABLE",
                "a",
                writers("users"),
            ),
            (r#"CREATE UNIQUE INDEX "i" ON "a" ("b")"#, "CREATE INDEX", "a", writers("a")),
            (r#"ALTER TABLE "a" ADD COLUMN "b" text"#, "ALTER TABLE", "a", Locks::Everybody),
            (r#"DROP TABLE "a""#, "DROP TABLE", "a", Locks::Everybody),
            (r#"INSERT INTO "a" ("b") VALUES (1)"#, "INSERT", "a", Locks::Rows),
            (r#"UPDATE "a" SET "b" = 1"#, "UPDATE", "a", Locks::Rows),
            ("DELETE FROM a WHERE b = 1", "DELETE", "a", Locks::Rows),
        ];
        for (sql, kind, table, locks) in expected {
            assert_eq!(of(sql), (kind.to_owned(), table.to_owned(), locks), "{sql}");
        }
    }

    #[test]
    fn what_is_done_to_a_new_table_keeps_nobody_waiting_and_on_sqlite_everything_keeps_writers() {
        let mut new = Vec::new();
        planned(r#"CREATE TABLE "a" ( "id" uuid )"#.to_owned(), DbBackend::Postgres, &mut new);
        let index = r#"CREATE INDEX "i" ON "a" ("b")"#;
        assert_eq!(planned(index.to_owned(), DbBackend::Postgres, &mut new).locks, Locks::Nobody);
        assert_eq!(planned(index.to_owned(), DbBackend::Sqlite, &mut new).locks, Locks::Writers);
    }
}

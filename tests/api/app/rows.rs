//! The database behind the server's back.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, Statement,
    TransactionTrait as _,
};

use super::TestApp;

impl TestApp {
    /// Runs a statement behind the server's back.
    pub(crate) async fn sql(&self, statement: &str) {
        self.rows.execute_unprepared(statement).await.expect("the statement is good");
    }

    /// Keeps everybody else from a table of PostgreSQL's until the transaction ends.
    pub(crate) async fn hold(&self, table: &str) -> DatabaseTransaction {
        let held = self.rows.begin().await.expect("a transaction");
        held.execute_unprepared(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            .await
            .expect("the table is there");
        held
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        count(self.database.url(), table).await
    }

    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let statement = Statement::from_string(self.rows.get_database_backend(), query);
        let rows = self.rows.query_all_raw(statement).await.expect("the query is good");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    pub(crate) async fn outbox_kinds(&self) -> Vec<String> {
        self.texts("SELECT kind FROM outbox ORDER BY id").await
    }

    pub(crate) async fn deactivate(&self, email: &str) {
        self.sql(&format!(
            "UPDATE users SET status = 'deactivated', epoch = epoch + 1 WHERE email_canonical = '{email}'"
        ))
        .await;
    }

    pub(crate) async fn set_hash(&self, email: &str, hash: &str) {
        self.sql(&format!(
            "UPDATE password_credentials SET hash = '{hash}' \
             WHERE user_id = (SELECT id FROM users WHERE email_canonical = '{email}')"
        ))
        .await;
    }

    pub(crate) async fn hash_of(&self, email: &str) -> String {
        let query = format!(
            "SELECT hash FROM password_credentials \
             WHERE user_id = (SELECT id FROM users WHERE email_canonical = '{email}')"
        );
        self.texts(&query).await.pop().expect("a hash")
    }

    /// Every text that the database holds.
    pub(crate) async fn dump(&self) -> String {
        let tables = match self.rows.get_database_backend() {
            DatabaseBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            _ => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let mut dump = String::new();
        for table in self.texts(tables).await {
            let statement = Statement::from_string(self.rows.get_database_backend(), format!("SELECT * FROM {table}"));
            for row in self.rows.query_all_raw(statement).await.expect("the query is good") {
                for column in row.column_names() {
                    if let Ok(text) = row.try_get::<String>("", &column) {
                        dump.push_str(&text);
                    } else if let Ok(bytes) = row.try_get::<Vec<u8>>("", &column) {
                        dump.push_str(&String::from_utf8_lossy(&bytes));
                        dump.push_str(&URL_SAFE_NO_PAD.encode(&bytes));
                    }
                    dump.push('\n');
                }
            }
        }
        dump
    }
}

/// The database, behind the server's back. What is asked of it is not logged: the log of the server is what a test of
/// this process looks at, while others ask for addresses and hashes.
pub(super) async fn open(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false);
    Database::connect(options).await.expect("the database answers")
}

/// How many rows a table has.
pub(crate) async fn count(url: &str, table: &str) -> i64 {
    let rows = open(url).await;
    let statement = Statement::from_string(rows.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let row = rows.query_one_raw(statement).await.expect("the query is good").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

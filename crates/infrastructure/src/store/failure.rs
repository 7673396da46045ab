//! What went wrong, told without what the rows hold.

use doorward_application::ports::StoreError;
use sea_orm::{ConnAcquireErr, DbErr};

/// The database did not do it. Only the message is kept: an error of PostgreSQL also carries the row that was
/// refused, and would show it to a log.
pub(super) fn failed(error: DbErr) -> StoreError {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
            StoreError::new("the database gave no connection in time: it is not there, or all connections are in use")
        }
        error => StoreError::new(error.to_string()),
    }
}

/// Fails unless the one row that was meant was written.
pub(super) fn expect_one(rows: u64, table: &str, id: impl std::fmt::Display) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::new(format!("table {table} has no row {id}"))) }
}

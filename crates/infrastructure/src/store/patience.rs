//! No answer of a database is waited for without end.
//!
//! PostgreSQL bounds how long it works (`connect`), but a server that hangs, or that the network has lost without a
//! word, says nothing, and sqlx waits for as long as the kernel does: a quarter of an hour, or for ever. So each
//! statement has a deadline here too, and a connection whose statement was given up has one for proving that it lives.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
    sqlx::{self, Connection as _, PgConnection},
};
use tokio::time::{Instant, timeout};

/// How long the answer to a statement may take, and to the end of a transaction: a little longer than PostgreSQL works
/// on one, so that its own word comes first where it can speak.
const ANSWER_COMES_WITHIN: Duration = Duration::from_millis(2_500);

/// How long a connection may take to prove that it lives, when another, or itself, was given up.
const PROVES_WITHIN: Duration = Duration::from_secs(2);

/// For how long connections are doubted after one was given up.
const DOUBTED_FOR: Duration = Duration::from_mins(1);

/// How long a store's database is waited for. None for SQLite: it is a file, behind no network.
#[derive(Clone, Default)]
pub(super) struct Patience(Option<Arc<Doubt>>);

/// When an answer was last given up.
#[derive(Default)]
pub(super) struct Doubt(Mutex<Option<Instant>>);

impl Doubt {
    fn raise(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn holds(&self) -> bool {
        let raised = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.is_some_and(|raised| raised.elapsed() < DOUBTED_FOR)
    }
}

/// Raises a doubt when it is dropped before its statement was answered, also where nobody waits for that any more.
struct Unanswered<'d>(Option<&'d Doubt>);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(doubt) = self.0 {
            doubt.raise();
        }
    }
}

impl Patience {
    /// That for a server.
    pub(super) fn with_a_server() -> Self {
        Self(Some(Arc::default()))
    }

    /// Waits for what a database does, for so long at most.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(doubt) = &self.0 else { return work.await };
        // Dropped after the doubt was raised, so that its connection meets the doubt on the way back to the pool.
        let mut work = pin!(work);
        let mut unanswered = Unanswered(Some(doubt));
        let answer = timeout(ANSWER_COMES_WITHIN, work.as_mut()).await;
        if answer.is_ok() {
            unanswered.0 = None;
        }
        answer.unwrap_or_else(|_late| {
            let cause = "the database does not answer: it hangs, or the network has lost it";
            Err(DbErr::Conn(RuntimeErr::Internal(cause.to_owned())))
        })
    }

    /// Has a connection that goes back to its pool prove that it lives, if that is in doubt. The pool itself asks it
    /// too, and would wait for the answer as long as the kernel does, with one connection less.
    pub(super) async fn prove(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        if self.0.as_ref().is_some_and(|doubt| doubt.holds()) {
            let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
            timeout(PROVES_WITHIN, connection.ping()).await.map_err(late)??;
        }
        Ok(true)
    }
}

/// A connection or a transaction whose statements are waited for no longer than that.
pub(super) struct Patient<C> {
    pub(super) inner: C,
    pub(super) patience: Patience,
}

/// What to read with.
pub(super) type Reader<'c> = Patient<DatabaseExecutor<'c>>;

/// What to write with.
pub(super) type Tx = Patient<DatabaseTransaction>;

#[async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Patient<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.patience.wait(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.patience.wait(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.patience.wait(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.patience.wait(self.inner.query_all_raw(statement)).await
    }
}

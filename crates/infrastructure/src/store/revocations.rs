//! The revocation log.

use async_trait::async_trait;
use doorward_application::ports::{RevocationRepository, StoreError};
use doorward_domain::{
    Timestamp,
    revocation::{LoggedRevocation, Position, Revocation, position_at},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
    sea_query::{Expr, ExprTrait as _, Func, Query},
};

use super::patience::Tx;
use super::{
    bulk::insert_all,
    entity::revocation::{ActiveModel, Column, Entity},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

/// Where PostgreSQL tells the other nodes that there is something to read.
pub(super) const CHANNEL: &str = "doorward_revocations";

/// How long PostgreSQL waits for a unit that has written to the log and then says nothing, before it undoes it.
const FROZEN_AFTER: &str = "2s";

/// The one row from which positions come.
pub(super) const TABLE: &str = "revocation_position";

#[async_trait]
impl RevocationRepository for SeaUnitOfWork {
    async fn append(&mut self, revocations: &[Revocation], at: Timestamp) -> Result<(), StoreError> {
        let logged = revocations.iter().filter(|revocation| revocation.is_logged());
        let count = i64::try_from(logged.clone().count()).map_err(StoreError::new)?;
        if count == 0 {
            return Ok(());
        }
        let tx = self.writer()?;
        let Advanced { previous, last } = advance(tx, count, at).await?;
        let first = last - count + 1;
        // Each entry of this unit is after the one before it; the first is after the last of another.
        let places = (first..).zip([previous].into_iter().chain(first..));
        let rows = places.zip(logged);
        let row = |((position, previous), revocation)| ActiveModel::of(position, previous, at, revocation);
        insert_all(tx, rows.filter_map(row).collect()).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            // Delivered by the commit, and not at all without one.
            let tell = Statement::from_string(DbBackend::Postgres, format!("NOTIFY {CHANNEL}"));
            tx.execute_raw(tell).await.map_err(failed)?;
        }
        self.has_logged = true;
        Ok(())
    }

    async fn head(&mut self) -> Result<Position, StoreError> {
        let question = Query::select().column("position").from(TABLE).take();
        let row = self.reader().query_one(&question).await.map_err(failed)?;
        position(row.map(|row| row.try_get_by_index(0)))
    }

    async fn after(&mut self, position: Position, limit: u32) -> Result<Vec<LoggedRevocation>, StoreError> {
        let position = i64::try_from(position).map_err(StoreError::new)?;
        let found = Entity::find()
            .filter(Column::Position.gt(position))
            .order_by_asc(Column::Position)
            .limit(u64::from(limit))
            .all(&self.reader())
            .await
            .map_err(failed)?;
        found.into_iter().map(LoggedRevocation::try_from).collect()
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let over = Query::select()
            .column(Column::Position)
            .from(Entity)
            .and_where(Column::At.lt(before))
            .limit(u64::from(limit))
            .take();
        let purged = Entity::delete_many().filter(Column::Position.in_subquery(over)).exec(self.writer()?).await;
        Ok(purged.map_err(failed)?.rows_affected)
    }
}

/// The place of the last entry before, and that of the last one now.
struct Advanced {
    previous: i64,
    last: i64,
}

/// Moves the last position on, and keeps every other unit from doing so until this one ends.
async fn advance(tx: &Tx, count: i64, at: Timestamp) -> Result<Advanced, StoreError> {
    let begin = i64::try_from(position_at(at)).map_err(StoreError::new)?;
    let next = Func::greatest([Expr::col("position").add(count), Expr::val(begin + count - 1)]);
    let mut returned = vec![Expr::col("previous"), Expr::col("position")];
    if tx.get_database_backend() == DbBackend::Postgres {
        // From here to the commit every other node waits for this one: should it freeze, not for long.
        let limit = [Expr::val("idle_in_transaction_session_timeout"), Expr::val(FROZEN_AFTER), Expr::val(true)];
        returned.push(Func::cust("set_config").args(limit).into());
    }
    let advance = Query::update()
        .table(TABLE)
        .value("previous", Expr::col("position"))
        .value("position", next)
        .returning(Query::returning().exprs(returned))
        .take();
    let row = tx.query_one(&advance).await.map_err(failed)?.ok_or_else(nowhere)?;
    Ok(Advanced { previous: row.try_get_by_index(0).map_err(failed)?, last: row.try_get_by_index(1).map_err(failed)? })
}

fn position(stored: Option<Result<i64, sea_orm::DbErr>>) -> Result<Position, StoreError> {
    stored.ok_or_else(nowhere)?.map_err(failed)?.try_into().map_err(StoreError::new)
}

fn nowhere() -> StoreError {
    StoreError::new(format!("table {TABLE} has no row"))
}

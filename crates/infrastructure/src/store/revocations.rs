//! The revocation log.

use async_trait::async_trait;
use doorward_application::ports::{RevocationRepository, StoreError};
use doorward_domain::{
    Timestamp,
    revocation::{LoggedRevocation, Position, Revocation},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
    sea_query::{Expr, ExprTrait as _, Query},
};

use super::{
    bulk::insert_all,
    entity::revocation::{ActiveModel, Column, Entity},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

/// Where PostgreSQL tells the other nodes that there is something to read.
pub(super) const CHANNEL: &str = "doorward_revocations";

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
        let last = advance(tx, count).await?;
        let rows = (last - count + 1..).zip(logged);
        insert_all(tx, rows.filter_map(|(position, revocation)| ActiveModel::of(position, at, revocation)).collect())
            .await?;
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

/// Moves the last position on, and keeps every other unit from doing so until this one ends.
async fn advance(tx: &DatabaseTransaction, count: i64) -> Result<i64, StoreError> {
    let advance = Query::update()
        .table(TABLE)
        .value("position", Expr::col("position").add(count))
        .returning_col("position")
        .take();
    let row = tx.query_one(&advance).await.map_err(failed)?;
    row.ok_or_else(nowhere)?.try_get_by_index(0).map_err(failed)
}

fn position(stored: Option<Result<i64, sea_orm::DbErr>>) -> Result<Position, StoreError> {
    stored.ok_or_else(nowhere)?.map_err(failed)?.try_into().map_err(StoreError::new)
}

fn nowhere() -> StoreError {
    StoreError::new(format!("table {TABLE} has no row"))
}

//! Many rows at once.

use doorward_application::ports::StoreError;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait as _, EntityTrait, InsertMany, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict},
};

use super::failure::failed;
use super::patience::Tx;

/// How many rows, or ids, one statement has: of the widest table, fewer than SQLite's 32,766 parameters. All but the
/// last statement have the same text, so that a connection prepares few.
pub(super) const AT_ONCE: usize = 1_000;

/// Adds the rows.
pub(super) async fn insert_all<R: ActiveModelTrait>(tx: &Tx, rows: Vec<R>) -> Result<(), StoreError> {
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let some = InsertMany::many(rows.by_ref().take(AT_ONCE));
        some.exec_without_returning(tx).await.map_err(failed)?;
    }
    Ok(())
}

/// Adds those of the rows that are in conflict with none, and names them.
pub(super) async fn insert_new<R: ActiveModelTrait>(tx: &Tx, rows: Vec<R>) -> Result<Vec<Uuid>, StoreError> {
    let mut added = Vec::new();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let some = InsertMany::many(rows.by_ref().take(AT_ONCE));
        let some = some.on_conflict(OnConflict::new().do_nothing().to_owned()).into_query().returning_col("id").take();
        for row in tx.query_all(&some).await.map_err(failed)? {
            added.push(row.try_get_by_index(0).map_err(failed)?);
        }
    }
    Ok(added)
}

/// Removes at most `limit` of the rows, whose key is an `id`: those first that have been over for longest, which `end`
/// tells. Says how many.
///
/// Those that someone else is writing to are passed over: as this waits for nobody, it is never one of two that wait for
/// each other.
pub(super) async fn purge<E: EntityTrait>(tx: &Tx, end: E::Column, over: Expr, limit: u32) -> Result<u64, StoreError> {
    let over: Vec<Uuid> = ended_first::<E>(end, over, limit).into_tuple().all(tx).await.map_err(failed)?;
    let mut purged = 0;
    for some in over.chunks(AT_ONCE) {
        let these = Expr::col("id").is_in(some.iter().copied());
        purged += E::delete_many().filter(these).exec(tx).await.map_err(failed)?.rows_affected;
    }
    Ok(purged)
}

/// In the order of an index. Without one, PostgreSQL would rather read the table from its beginning, and each time
/// over all that it holds of what was removed before.
pub(super) fn ended_first<E: EntityTrait>(end: E::Column, over: Expr, limit: u32) -> Select<E> {
    E::find()
        .select_only()
        .expr(Expr::col("id"))
        .filter(over)
        .order_by_asc(end)
        .limit(u64::from(limit))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::{Access, Store as _};
    use doorward_domain::session::Session;
    use doorward_testkit::builders::{noon, session, user};
    use sea_orm::{ColumnTrait as _, EntityTrait as _};

    use super::ended_first;
    use crate::store::{
        entity::session::{ActiveModel, Column, Entity},
        plan::{is_whole, migrated, plan_of},
        scratch::ScratchDatabase,
    };

    const SESSIONS: u32 = 20_000;

    /// In no order of their ends, as where rows take the places of those that were removed. Half of them are over.
    async fn what_is_over_is_found_without_a_look_at_the_rest(database: ScratchDatabase) {
        let store = migrated(&database).await;
        let mut unit = store.begin(Access::Write).await.unwrap();
        unit.users().insert(&user(1), None).await.unwrap();
        unit.commit().await.unwrap();
        let end = |n: u32| noon() + Duration::from_secs(u64::from(n) * 7_919 % u64::from(SESSIONS));
        let row = |n| Session { absolute_expires_at: end(n), ..session(&user(1), n) };
        let rows: Vec<_> = (0..SESSIONS).map(|n| ActiveModel::from(&row(n))).collect();
        for rows in rows.chunks(1_000) {
            Entity::insert_many(rows.to_vec()).exec_without_returning(&store.connection).await.unwrap();
        }
        let over = Column::AbsoluteExpiresAt.lt(noon() + Duration::from_secs(u64::from(SESSIONS) / 2));
        let plan = plan_of(&store, &ended_first::<Entity>(Column::AbsoluteExpiresAt, over, 50)).await;
        assert!(plan.contains("sessions_absolute_expires_at") && !is_whole("sessions", &plan), "{plan}");
    }

    #[tokio::test]
    async fn what_is_over_is_found_without_a_look_at_the_rest_on_sqlite() {
        what_is_over_is_found_without_a_look_at_the_rest(ScratchDatabase::sqlite()).await;
    }

    #[tokio::test]
    async fn what_is_over_is_found_without_a_look_at_the_rest_on_postgres() {
        what_is_over_is_found_without_a_look_at_the_rest(ScratchDatabase::postgres().await).await;
    }
}

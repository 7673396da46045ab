//! Many rows at once.

use doorward_application::ports::StoreError;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait as _, DatabaseTransaction, EntityTrait, InsertMany, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict},
};

use super::failure::failed;

/// How many rows, or ids, one statement has: of the widest table, fewer than SQLite's 32,766 parameters. All but the
/// last statement have the same text, so that a connection prepares few.
pub(super) const AT_ONCE: usize = 1_000;

/// Adds the rows.
pub(super) async fn insert_all<R: ActiveModelTrait>(tx: &DatabaseTransaction, rows: Vec<R>) -> Result<(), StoreError> {
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let some = InsertMany::many(rows.by_ref().take(AT_ONCE));
        some.exec_without_returning(tx).await.map_err(failed)?;
    }
    Ok(())
}

/// Adds those of the rows that are in conflict with none, and names them.
pub(super) async fn insert_new<R: ActiveModelTrait>(
    tx: &DatabaseTransaction,
    rows: Vec<R>,
) -> Result<Vec<Uuid>, StoreError> {
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

/// Removes at most `limit` of the rows, whose key is an `id`. Says how many.
///
/// Those that someone else is writing to are passed over: as this waits for nobody, it is never one of two that wait for
/// each other.
pub(super) async fn purge<E: EntityTrait>(tx: &DatabaseTransaction, over: Expr, limit: u32) -> Result<u64, StoreError> {
    let over: Vec<Uuid> = E::find()
        .select_only()
        .expr(Expr::col("id"))
        .filter(over)
        .limit(u64::from(limit))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx)
        .await
        .map_err(failed)?;
    let mut purged = 0;
    for some in over.chunks(AT_ONCE) {
        let these = Expr::col("id").is_in(some.iter().copied());
        purged += E::delete_many().filter(these).exec(tx).await.map_err(failed)?.rows_affected;
    }
    Ok(purged)
}

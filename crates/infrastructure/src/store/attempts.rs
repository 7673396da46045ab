//! Counters of attempts, each change of them in a transaction of its own.

use std::collections::HashMap;

use async_trait::async_trait;
use doorward_application::ports::{AttemptCounters, Counted, StoreError, TakeError, attempts::longer};
use doorward_domain::{Timestamp, attempt::Tally};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{OnConflict, Order, Query},
};

use super::{
    SeaStore,
    entity::attempt::{ActiveModel, Column, Entity},
    failure::failed,
    patience::Tx,
};

/// What was taken, by the key of its counter.
type Tallies = HashMap<Vec<u8>, Tally>;

#[async_trait]
impl AttemptCounters for SeaStore {
    async fn take(&self, wanted: &[Counted], now: Timestamp) -> Result<(), TakeError> {
        let writing = self.begin_writing().await?;
        let before = lock(writing.tx(), wanted).await?;
        let mut exhausted = None;
        let mut taken = Vec::with_capacity(wanted.len());
        for counted in wanted {
            match counted.budget.take(Some(tally_of(&before, counted)), now) {
                Ok(tally) => taken.push((*counted, tally)),
                Err(why) => {
                    let this = (counted.key, why);
                    exhausted = Some(exhausted.map_or(this, |other| longer(other, this)));
                }
            }
        }
        if let Some((key, why)) = exhausted {
            return Err(TakeError::Exhausted(key, why));
        }
        write(writing.tx(), taken).await?;
        Ok(writing.commit().await?)
    }

    async fn settle(&self, anew: &[Counted], put_back: &[Counted]) -> Result<(), StoreError> {
        let writing = self.begin_writing().await?;
        let before = find(writing.tx(), &[anew, put_back].concat()).await?;
        // Not removed: who waits for a row that goes would count in one that nobody else sees.
        let begun = |counted: &Counted| (*counted, Tally::NONE);
        let back = |counted: &Counted| (*counted, counted.budget.give_back(tally_of(&before, counted)));
        let settled = anew.iter().map(begun).chain(put_back.iter().map(back));
        let settled = settled.filter(|(counted, _)| before.contains_key(counted.key.as_bytes().as_slice()));
        write(writing.tx(), settled.collect()).await?;
        writing.commit().await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let writing = self.begin_writing().await?;
        let over = Query::select()
            .column(Column::Key)
            .from(Entity)
            .and_where(Column::KeptUntil.lte(before))
            .order_by(Column::KeptUntil, Order::Asc)
            .limit(u64::from(limit))
            .take();
        let purge = Entity::delete_many()
            .filter(Column::Key.in_subquery(over))
            // Said again, because one out of which something is taken meanwhile matters again.
            .filter(Column::KeptUntil.lte(before));
        let purged = purge.exec(writing.tx()).await.map_err(failed)?;
        writing.commit().await?;
        Ok(purged.rows_affected)
    }
}

/// What was taken out of these before, which nobody changes from here on. PostgreSQL locks rows alone: where there is
/// none, an empty one is made first, and made again if it was purged meanwhile.
async fn lock(tx: &Tx, wanted: &[Counted]) -> Result<Tallies, StoreError> {
    const TRIES: usize = 5;
    if tx.get_database_backend() == DbBackend::Sqlite {
        return find(tx, wanted).await;
    }
    for _ in 0..TRIES {
        let empty = sorted(wanted.iter().map(|counted| (*counted, Tally::NONE)).collect());
        let made = Entity::insert_many(empty).on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned());
        made.exec_without_returning(tx).await.map_err(failed)?;
        let found = find(tx, wanted).await?;
        if found.len() == wanted.len() {
            return Ok(found);
        }
    }
    Err(StoreError::new("the rows of attempts go again and again"))
}

fn tally_of(found: &Tallies, counted: &Counted) -> Tally {
    found.get(counted.key.as_bytes().as_slice()).copied().unwrap_or(Tally::NONE)
}

/// In the order in which everybody makes and locks rows, so that no two wait for each other.
fn sorted(mut rows: Vec<(Counted, Tally)>) -> Vec<ActiveModel> {
    rows.sort_unstable_by_key(|(counted, _)| *counted.key.as_bytes());
    rows.into_iter().map(|(counted, tally)| ActiveModel::of(counted, tally)).collect()
}

async fn find(tx: &Tx, wanted: &[Counted]) -> Result<Tallies, StoreError> {
    let found = Entity::find()
        .filter(Column::Key.is_in(wanted.iter().map(|counted| counted.key.as_bytes().to_vec())))
        .order_by_asc(Column::Key)
        .lock_exclusive()
        .all(tx)
        .await
        .map_err(failed)?;
    found.into_iter().map(|row| Ok((row.key.clone(), row.tally()?))).collect()
}

async fn write(tx: &Tx, rows: Vec<(Counted, Tally)>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = [Column::FullAt, Column::Streak, Column::Failures, Column::KeptUntil];
    let upsert = OnConflict::column(Column::Key).update_columns(columns).to_owned();
    let written = Entity::insert_many(sorted(rows)).on_conflict(upsert);
    written.exec_without_returning(tx).await.map(drop).map_err(failed)
}

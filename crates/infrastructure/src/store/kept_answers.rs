//! Answers that are given once more.

use async_trait::async_trait;
use doorward_application::ports::{Claim, Claimed, KeptAnswerRepository, StoreError};
use doorward_domain::{Digest, Secret, Timestamp};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    prelude::Uuid,
    sea_query::{OnConflict, Order, Query},
};

use super::{
    entity::kept_answer::{self, Column},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl KeptAnswerRepository for SeaUnitOfWork {
    async fn claim(&mut self, claim: &Claim, now: Timestamp) -> Result<Claimed, StoreError> {
        // Whoever had the key may be gone again before it is asked what there is: then it is free, and others want it too.
        for _ in 0..2 {
            if self.take_key(claim, now).await? {
                return Ok(Claimed::Ours);
            }
            let this = kept_answer::Entity::find_by_id(claim.key.as_bytes().to_vec());
            if let Some(row) = this.one(&self.reader()).await.map_err(failed)? {
                let same_request = row.is_of(&claim.request)?;
                return Ok(match row.open(&self.sealer)? {
                    Some(answer) => Claimed::Answered { same_request, answer },
                    None => Claimed::Held { same_request },
                });
            }
        }
        // Someone has it at this moment, for a request of which nothing is known: the caller asks again.
        Ok(Claimed::Held { same_request: true })
    }

    async fn keep(&mut self, key: &Digest, holder: Uuid, answer: &Secret<Vec<u8>>) -> Result<bool, StoreError> {
        let kept = kept_answer::Entity::update_many()
            .col_expr(Column::Answer, kept_answer::seal(&self.sealer, key, answer)?.into())
            .filter(held_by(key, holder))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(kept.rows_affected == 1)
    }

    async fn release(&mut self, key: &Digest, holder: Uuid) -> Result<(), StoreError> {
        let this = kept_answer::Entity::delete_many().filter(held_by(key, holder));
        this.exec(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let over = Query::select()
            .column(Column::Key)
            .from(kept_answer::Entity)
            .and_where(Column::KeptUntil.lte(before))
            .order_by(Column::KeptUntil, Order::Asc)
            .limit(u64::from(limit))
            .take();
        let purge = kept_answer::Entity::delete_many()
            .filter(Column::Key.in_subquery(over))
            // Said again, because a key that is taken over meanwhile is no longer over.
            .filter(Column::KeptUntil.lte(before));
        let purged = purge.exec(self.writer()?).await.map_err(failed)?;
        Ok(purged.rows_affected)
    }
}

impl SeaUnitOfWork {
    /// Takes the key, if it is free or whoever has it has no right to it any more.
    async fn take_key(&self, claim: &Claim, now: Timestamp) -> Result<bool, StoreError> {
        let tx = self.writer()?;
        let inserted = kept_answer::Entity::insert(kept_answer::ActiveModel::from(claim))
            .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await
            .map_err(failed)?;
        if inserted == 1 {
            return Ok(true);
        }
        let given_up = Condition::all().add(Column::Answer.is_null()).add(Column::HeldUntil.lte(now));
        let taken = kept_answer::Entity::update_many()
            .set(kept_answer::ActiveModel { key: NotSet, ..kept_answer::ActiveModel::from(claim) })
            .filter(Column::Key.eq(claim.key.as_bytes().as_slice()))
            .filter(Condition::any().add(Column::KeptUntil.lte(now)).add(given_up))
            .exec(tx)
            .await
            .map_err(failed)?;
        Ok(taken.rows_affected == 1)
    }
}

fn held_by(key: &Digest, holder: Uuid) -> Condition {
    Condition::all()
        .add(Column::Key.eq(key.as_bytes().as_slice()))
        .add(Column::Holder.eq(holder))
        .add(Column::Answer.is_null())
}

//! Messages that are to be sent.

use async_trait::async_trait;
use doorward_application::ports::{
    Lease, LeasedMessage, Message, MessageKind, OutboxDepth, OutboxRepository, QueuedMessage, StoreError,
};
use doorward_domain::{MessageId, Timestamp};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    UpdateMany,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType},
};

use super::{
    entity::outbox::{self, Column},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};
use crate::SealError;

#[async_trait]
impl OutboxRepository for SeaUnitOfWork {
    async fn push(&mut self, message: &Message) -> Result<(), StoreError> {
        let row = outbox::ActiveModel::seal(message, &self.sealer)?;
        outbox::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn is_due(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let due = outbox::Entity::find().select_only().column(Column::Id).filter(due(now)).limit(1);
        let found: Option<Uuid> = due.into_tuple().one(&self.reader()).await.map_err(failed)?;
        Ok(found.is_some())
    }

    async fn lease(&mut self, lease: Lease, now: Timestamp, limit: u32) -> Result<Vec<LeasedMessage>, StoreError> {
        let tx = self.writer()?;
        let due = longest_due(now, limit).all(tx).await.map_err(failed)?;
        let mut leased = Vec::with_capacity(due.len());
        let (mut readable, mut unreadable) = (Vec::with_capacity(due.len()), Vec::new());
        for row in due {
            match row.open(&self.sealer) {
                Ok(message) => {
                    readable.push(row.id);
                    let attempts = u32::try_from(row.attempts.saturating_add(1)).unwrap_or(u32::MAX);
                    leased.push(LeasedMessage { message, attempts });
                }
                Err(SealError) => unreadable.push(row.id),
            }
        }
        if !readable.is_empty() {
            let taken = these(readable)
                .col_expr(Column::LeaseId, lease.id.into())
                .col_expr(Column::DueAt, lease.until.into())
                .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1_i64));
            taken.exec(tx).await.map_err(failed)?;
        }
        if !unreadable.is_empty() {
            // They would be the longest waiting for ever, and keep all others from being sent.
            put_off(these(unreadable), None, &SealError.to_string()).exec(tx).await.map_err(failed)?;
        }
        Ok(leased)
    }

    async fn remove(&mut self, id: MessageId, lease: Uuid) -> Result<bool, StoreError> {
        let this = outbox::Entity::delete_many().filter(had_by(id, lease));
        let removed = this.exec(self.writer()?).await.map_err(failed)?;
        Ok(removed.rows_affected == 1)
    }

    async fn put_off(
        &mut self,
        id: MessageId,
        lease: Uuid,
        until: Option<Timestamp>,
        error: &str,
    ) -> Result<(), StoreError> {
        let this = put_off(outbox::Entity::update_many().filter(had_by(id, lease)), until, error);
        this.exec(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn list(&mut self, limit: u32) -> Result<Vec<QueuedMessage>, StoreError> {
        let oldest = outbox::Entity::find().order_by_asc(Column::Id).limit(u64::from(limit));
        let queued = oldest.into_partial_model::<outbox::Queued>().all(&self.reader()).await.map_err(failed)?;
        queued.into_iter().map(QueuedMessage::try_from).collect()
    }

    async fn depth(&mut self) -> Result<OutboxDepth, StoreError> {
        let since = Expr::case(Column::DueAt.is_not_null(), Expr::col(Column::CreatedAt));
        let counts = outbox::Entity::find()
            .select_only()
            .expr(Expr::col(Column::Id).count())
            .expr(Expr::col(Column::DueAt).count())
            .expr(Expr::expr(since).min())
            .into_tuple::<(i64, i64, Option<Timestamp>)>()
            .one(&self.reader())
            .await
            .map_err(failed)?;
        let (all, waiting, oldest_waiting) = counts.unwrap_or_default();
        Ok(OutboxDepth { waiting: waiting.unsigned_abs(), parked: (all - waiting).unsigned_abs(), oldest_waiting })
    }

    async fn retry(&mut self, id: Option<MessageId>, now: Timestamp) -> Result<u64, StoreError> {
        let without_lease = Condition::any().add(Column::LeaseId.is_null()).add(Column::DueAt.lte(now));
        let retried = outbox::Entity::update_many()
            .col_expr(Column::DueAt, now.into())
            .col_expr(Column::LeaseId, Expr::null())
            .col_expr(Column::Attempts, 0_i64.into())
            .filter(without_lease)
            .filter(one_or_all(id))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(retried.rows_affected)
    }

    async fn drop_parked(&mut self, id: Option<MessageId>) -> Result<u64, StoreError> {
        let parked = outbox::Entity::delete_many().filter(Column::DueAt.is_null()).filter(one_or_all(id));
        let dropped = parked.exec(self.writer()?).await.map_err(failed)?;
        Ok(dropped.rows_affected)
    }
}

/// What is due, of the kinds that this version knows: a later one may be sending others from the same outbox.
fn due(now: Timestamp) -> Condition {
    Condition::all().add(Column::DueAt.lte(now)).add(Column::Kind.is_in(MessageKind::ALL.map(MessageKind::as_str)))
}

/// What is due, to be taken. What another has locked is as good as taken.
fn longest_due(now: Timestamp, limit: u32) -> Select<outbox::Entity> {
    outbox::Entity::find()
        .filter(due(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(u64::from(limit))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
}

fn had_by(id: MessageId, lease: Uuid) -> Condition {
    Condition::all().add(Column::Id.eq(id.uuid())).add(Column::LeaseId.eq(lease))
}

fn one_or_all(id: Option<MessageId>) -> Condition {
    Condition::all().add_option(id.map(|id| Column::Id.eq(id.uuid())))
}

fn these(ids: Vec<Uuid>) -> UpdateMany<outbox::Entity> {
    outbox::Entity::update_many().filter(Column::Id.is_in(ids))
}

fn put_off(rows: UpdateMany<outbox::Entity>, until: Option<Timestamp>, error: &str) -> UpdateMany<outbox::Entity> {
    rows.col_expr(Column::DueAt, until.into())
        .col_expr(Column::LeaseId, Expr::null())
        .col_expr(Column::LastError, error.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::Message;
    use doorward_domain::Secret;
    use doorward_testkit::builders::{message, noon, user};
    use sea_orm::{ActiveValue::Set, EntityTrait as _};

    use super::{longest_due, outbox};
    use crate::{
        Sealer,
        store::{
            plan::{is_whole, migrated, plan_of},
            scratch::ScratchDatabase,
        },
    };

    async fn what_is_due_is_found_in_its_order(database: ScratchDatabase) {
        let store = migrated(&database).await;
        let sealer = Sealer::new(&Secret::new(vec![7; Sealer::MIN_MASTER_LEN]), &[]).unwrap();
        let row = |n| {
            let message = Message { user_id: None, ..message(&user(1), n) };
            let due_at = (!n.is_multiple_of(3)).then(|| noon() + Duration::from_secs((n % 100).into()));
            outbox::ActiveModel { due_at: Set(due_at), ..outbox::ActiveModel::seal(&message, &sealer).unwrap() }
        };
        let rows: Vec<_> = (0..10_000).map(row).collect();
        for rows in rows.chunks(1_000) {
            outbox::Entity::insert_many(rows.to_vec()).exec_without_returning(&store.connection).await.unwrap();
        }
        for seconds in [1, 1_000] {
            let plan = plan_of(&store, &longest_due(noon() + Duration::from_secs(seconds), 8)).await;
            assert!(!is_whole("outbox", &plan) && !plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[tokio::test]
    async fn what_is_due_is_found_in_its_order_on_sqlite() {
        what_is_due_is_found_in_its_order(ScratchDatabase::sqlite()).await;
    }

    #[tokio::test]
    async fn what_is_due_is_found_in_its_order_on_postgres() {
        what_is_due_is_found_in_its_order(ScratchDatabase::postgres().await).await;
    }
}

//! One-time tokens.

use async_trait::async_trait;
use doorward_application::ports::{OneTimeTokenRepository, StoreError};
use doorward_domain::{
    Digest, OneTimeTokenId, Timestamp, UserId,
    token::{OneTimePurpose, OneTimeToken},
};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

use super::{
    bulk::purge,
    entity::one_time_token::{self, Column},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl OneTimeTokenRepository for SeaUnitOfWork {
    async fn insert(&mut self, token: &OneTimeToken) -> Result<(), StoreError> {
        let row = one_time_token::ActiveModel::from(token);
        one_time_token::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn find(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let found = one_time_token::Entity::find()
            .filter(Column::Digest.eq(digest.as_bytes().as_slice()))
            .filter(Column::Purpose.eq(purpose.as_str()))
            .filter(Column::ConsumedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .one(&self.reader())
            .await
            .map_err(failed)?;
        found.map(OneTimeToken::try_from).transpose()
    }

    async fn consume(&mut self, id: OneTimeTokenId, now: Timestamp) -> Result<bool, StoreError> {
        let consumed = one_time_token::Entity::update_many()
            .col_expr(Column::ConsumedAt, now.into())
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::ConsumedAt.is_null())
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(consumed.rows_affected == 1)
    }

    async fn discard(
        &mut self,
        user_id: UserId,
        purposes: &[OneTimePurpose],
        since: Option<OneTimeTokenId>,
    ) -> Result<(), StoreError> {
        // Ids are made in order, so the greater one is not older.
        let not_older = Condition::all().add_option(since.map(|id| Column::Id.gte(id.uuid())));
        let discarded = one_time_token::Entity::delete_many()
            .filter(Column::UserId.eq(user_id.uuid()))
            .filter(Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.as_str())))
            .filter(not_older)
            .exec(self.writer()?)
            .await;
        discarded.map(drop).map_err(failed)
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let end = Column::ExpiresAt;
        purge::<one_time_token::Entity>(self.writer()?, end, end.lte(before), limit).await
    }
}

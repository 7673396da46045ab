//! One-time tokens.

use async_trait::async_trait;
use doorward_application::ports::{OneTimeTokenRepository, StoreError};
use doorward_domain::{
    Digest, Timestamp,
    token::{OneTimePurpose, OneTimeToken},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{
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

    async fn consume(
        &mut self,
        purpose: OneTimePurpose,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let tx = self.writer()?;
        let this = Column::Digest.eq(digest.as_bytes().as_slice());
        let consumed = one_time_token::Entity::update_many()
            .col_expr(Column::ConsumedAt, now.into())
            .filter(this.clone())
            .filter(Column::Purpose.eq(purpose.as_str()))
            .filter(Column::ConsumedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .exec(tx)
            .await
            .map_err(failed)?;
        if consumed.rows_affected == 0 {
            return Ok(None);
        }
        let token = one_time_token::Entity::find().filter(this).one(tx).await.map_err(failed)?;
        token.map(OneTimeToken::try_from).transpose()
    }
}

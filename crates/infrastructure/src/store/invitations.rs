//! Invitations.

use async_trait::async_trait;
use doorward_application::ports::{InvitationRepository, StoreError};
use doorward_domain::{Digest, InvitationId, Timestamp, UserId, invitation::Invitation, user::EmailAddress};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Order, Query},
};

use super::{
    entity::invitation::{self, Column},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl InvitationRepository for SeaUnitOfWork {
    async fn insert(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        let row = invitation::ActiveModel::from(invitation);
        invitation::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn find(&mut self, digest: &Digest) -> Result<Option<Invitation>, StoreError> {
        let this = invitation::Entity::find().filter(Column::Digest.eq(digest.as_bytes().as_slice()));
        let found = this.one(&self.reader()).await.map_err(failed)?;
        found.map(Invitation::try_from).transpose()
    }

    async fn accept(&mut self, id: InvitationId, by: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let accepted = invitation::Entity::update_many()
            .col_expr(Column::AcceptedAt, now.into())
            .col_expr(Column::AcceptedBy, by.uuid().into())
            .filter(Column::Id.eq(id.uuid()))
            .filter(open(now))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(accepted.rows_affected == 1)
    }

    async fn withdraw(&mut self, id: InvitationId, now: Timestamp) -> Result<bool, StoreError> {
        let withdrawn = invitation::Entity::update_many()
            .col_expr(Column::WithdrawnAt, now.into())
            .filter(Column::Id.eq(id.uuid()))
            .filter(open(now))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(withdrawn.rows_affected == 1)
    }

    async fn withdraw_all(&mut self, email: &EmailAddress, now: Timestamp) -> Result<u64, StoreError> {
        let withdrawn = invitation::Entity::update_many()
            .col_expr(Column::WithdrawnAt, now.into())
            .filter(Column::EmailCanonical.eq(email.canonical()))
            .filter(open(now))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(withdrawn.rows_affected)
    }

    async fn list(&mut self, after: Option<InvitationId>, limit: u32) -> Result<Vec<Invitation>, StoreError> {
        let page = invitation::Entity::find()
            .filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id.uuid()))))
            .order_by_desc(Column::Id)
            .limit(u64::from(limit))
            .all(&self.reader())
            .await
            .map_err(failed)?;
        page.into_iter().map(Invitation::try_from).collect()
    }

    async fn list_of(&mut self, email: &EmailAddress) -> Result<Vec<Invitation>, StoreError> {
        let of_address = invitation::Entity::find()
            .filter(Column::EmailCanonical.eq(email.canonical()))
            .order_by_desc(Column::Id)
            .all(&self.reader())
            .await
            .map_err(failed)?;
        of_address.into_iter().map(Invitation::try_from).collect()
    }

    async fn delete_of(&mut self, email: &EmailAddress) -> Result<(), StoreError> {
        let of_address = invitation::Entity::delete_many().filter(Column::EmailCanonical.eq(email.canonical()));
        of_address.exec(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let expired = Query::select()
            .column(Column::Id)
            .from(invitation::Entity)
            .and_where(Column::ExpiresAt.lt(before))
            .order_by(Column::ExpiresAt, Order::Asc)
            .limit(u64::from(limit))
            .take();
        let purge = invitation::Entity::delete_many().filter(Column::Id.in_subquery(expired));
        let purged = purge.exec(self.writer()?).await.map_err(failed)?;
        Ok(purged.rows_affected)
    }
}

/// As [`Invitation::state`] has it. Of two that change one invitation at once, the second finds it changed.
fn open(now: Timestamp) -> Condition {
    Condition::all().add(Column::AcceptedAt.is_null()).add(Column::WithdrawnAt.is_null()).add(Column::ExpiresAt.gt(now))
}

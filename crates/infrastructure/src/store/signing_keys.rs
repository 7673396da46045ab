//! Signing keys.

use async_trait::async_trait;
use doorward_application::ports::{SigningKeyRepository, StoreError, StoredSigningKey};
use doorward_domain::{
    Timestamp,
    key::{KeyRevocation, Promotion, Retirement},
    revocation::Revocation,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, UpdateMany,
    sea_query::{Expr, LockType, Query},
};

use super::patience::Reader;
use super::{
    entity::signing_key::{ActiveModel, Column, Entity},
    failure::failed,
    revocations,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl SigningKeyRepository for SeaUnitOfWork {
    async fn list(&mut self) -> Result<Vec<StoredSigningKey>, StoreError> {
        ring(&self.reader()).await
    }

    async fn lock(&mut self) -> Result<Vec<StoredSigningKey>, StoreError> {
        // An empty table has no row to lock. Whoever changes the ring writes to the log in the end: the row from which
        // its positions come is the one that all of them hold anyway.
        let last = Query::select().column("position").from(revocations::TABLE).lock(LockType::Update).take();
        self.writer()?.query_one(&last).await.map_err(failed)?;
        ring(&self.reader()).await
    }

    async fn insert(&mut self, key: &StoredSigningKey) -> Result<(), StoreError> {
        Entity::insert(ActiveModel::from(key)).exec_without_returning(self.writer()?).await.map_err(failed)?;
        self.note(Revocation::KeysChanged);
        Ok(())
    }

    async fn promote(&mut self, promotion: &Promotion) -> Result<bool, StoreError> {
        let earlier = Entity::update_many().col_expr(Column::SignsFrom, promotion.signs_from().into());
        self.change(promotion.id(), earlier).await
    }

    async fn revoke(&mut self, revocation: &KeyRevocation) -> Result<bool, StoreError> {
        let revoked = self.change(revocation.id(), ending(Column::RevokedAt, revocation.at())).await?;
        if revoked {
            self.note(Revocation::KeyRevoked(revocation.id().to_owned()));
        }
        Ok(revoked)
    }

    async fn retire(&mut self, retirement: &Retirement) -> Result<bool, StoreError> {
        self.change(retirement.id(), ending(Column::RetiredAt, retirement.at())).await
    }
}

impl SeaUnitOfWork {
    /// Changes a key, if it holds. Says whether it did.
    async fn change(&mut self, id: &str, change: UpdateMany<Entity>) -> Result<bool, StoreError> {
        let of_this =
            change.filter(Column::Id.eq(id)).filter(Column::RevokedAt.is_null()).filter(Column::RetiredAt.is_null());
        let changed = of_this.exec(self.writer()?).await.map_err(failed)?.rows_affected == 1;
        if changed {
            self.note(Revocation::KeysChanged);
        }
        Ok(changed)
    }
}

async fn ring(reader: &Reader<'_>) -> Result<Vec<StoredSigningKey>, StoreError> {
    let found = Entity::find().order_by_asc(Column::SignsFrom).order_by_asc(Column::Id).all(reader).await;
    found.map_err(failed)?.into_iter().map(StoredSigningKey::try_from).collect()
}

/// A key that is gone is made of nothing.
fn ending(column: Column, at: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many().col_expr(column, at.into()).col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
}

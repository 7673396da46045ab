//! Rows of `signing_keys`.

use doorward_application::ports::{StoreError, StoredSigningKey};
use doorward_domain::key::{KeyMoments, SigningKey};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub algorithm: String,
    pub sealed: Option<Vec<u8>>,
    pub published_at: DateTimeUtc,
    pub signs_from: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub retired_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for StoredSigningKey {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "signing_keys", id: &model.id };
        let Model { published_at, signs_from, revoked_at, retired_at, .. } = model;
        let moments = KeyMoments { published_at, signs_from, revoked_at, retired_at };
        let key = row.read("signs_from", SigningKey::stored(model.id.clone(), model.algorithm.clone(), moments))?;
        Ok(Self { key, sealed: model.sealed })
    }
}

impl From<&StoredSigningKey> for ActiveModel {
    fn from(StoredSigningKey { key, sealed }: &StoredSigningKey) -> Self {
        let KeyMoments { published_at, signs_from, revoked_at, retired_at } = key.moments();
        Self {
            id: Set(key.id().to_owned()),
            algorithm: Set(key.algorithm().to_owned()),
            sealed: Set(sealed.clone()),
            published_at: Set(published_at),
            signs_from: Set(signs_from),
            revoked_at: Set(revoked_at),
            retired_at: Set(retired_at),
        }
    }
}

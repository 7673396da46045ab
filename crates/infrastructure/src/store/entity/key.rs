//! Rows of `keys`.

use doorward_application::ports::StoreError;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;
use crate::store::keys::{KeyPurpose, StoredKey};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub purpose: String,
    pub algorithm: String,
    pub position: i32,
    pub sealed: Vec<u8>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for StoredKey {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "keys", id: &model.id };
        let purpose = row.read_name("purpose", &model.purpose, KeyPurpose::ALL, KeyPurpose::as_str)?;
        let Model { id, algorithm, position, sealed, created_at, .. } = model;
        Ok(Self { id, purpose, algorithm, position, sealed, created_at })
    }
}

impl From<&StoredKey> for ActiveModel {
    fn from(key: &StoredKey) -> Self {
        Self {
            id: Set(key.id.clone()),
            purpose: Set(key.purpose.as_str().to_owned()),
            algorithm: Set(key.algorithm.clone()),
            position: Set(key.position),
            sealed: Set(key.sealed.clone()),
            created_at: Set(key.created_at),
        }
    }
}

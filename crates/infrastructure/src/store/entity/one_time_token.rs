//! Rows of `one_time_tokens`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    OneTimeTokenId, UserId,
    token::{OneTimePurpose, OneTimeToken},
    user::EmailAddress,
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub purpose: String,
    pub address: String,
    pub digest: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub consumed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for OneTimeToken {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "one_time_tokens", id: &model.id };
        Ok(Self {
            id: OneTimeTokenId::new(model.id),
            user_id: UserId::new(model.user_id),
            purpose: row.read_name("purpose", &model.purpose, OneTimePurpose::ALL, OneTimePurpose::as_str)?,
            address: row.read("address", EmailAddress::parse(&model.address))?,
            digest: row.read_digest("digest", &model.digest)?,
            created_at: model.created_at,
            expires_at: model.expires_at,
        })
    }
}

impl From<&OneTimeToken> for ActiveModel {
    fn from(token: &OneTimeToken) -> Self {
        Self {
            id: Set(token.id.uuid()),
            user_id: Set(token.user_id.uuid()),
            purpose: Set(token.purpose.as_str().to_owned()),
            address: Set(token.address.typed().to_owned()),
            digest: Set(token.digest.as_bytes().to_vec()),
            created_at: Set(token.created_at),
            expires_at: Set(token.expires_at),
            consumed_at: Set(None),
        }
    }
}

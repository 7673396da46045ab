//! Rows of `kept_answers`.

use doorward_application::ports::{Claim, StoreError};
use doorward_domain::{Digest, Secret, UserId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{Name, Row};
use crate::Sealer;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub request: Vec<u8>,
    pub user_id: Option<Uuid>,
    pub holder: Uuid,
    pub held_until: DateTimeUtc,
    pub kept_until: DateTimeUtc,
    /// Sealed.
    pub answer: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it stands for this request.
    pub fn is_of(&self, request: &Digest) -> Result<bool, StoreError> {
        let row = Row { table: "kept_answers", id: &Name(&self.key) };
        Ok(row.read_digest("request", &self.request)? == *request)
    }

    /// The answer, if there is one.
    pub fn open(&self, sealer: &Sealer) -> Result<Option<Secret<Vec<u8>>>, StoreError> {
        let row = Row { table: "kept_answers", id: &Name(&self.key) };
        row.read_optional("answer", self.answer.as_deref(), |sealed| sealer.open(&context(&self.key), sealed))
    }
}

/// The answer, for no other row than its own.
pub fn seal(sealer: &Sealer, key: &Digest, answer: &Secret<Vec<u8>>) -> Result<Vec<u8>, StoreError> {
    sealer.seal(&context(key.as_bytes()), answer.expose()).map_err(StoreError::new)
}

/// What an answer is bound to: its row.
pub fn context(key: &[u8]) -> String {
    format!("kept_answers/{}", Name(key))
}

impl From<&Claim> for ActiveModel {
    fn from(claim: &Claim) -> Self {
        Self {
            key: Set(claim.key.as_bytes().to_vec()),
            request: Set(claim.request.as_bytes().to_vec()),
            user_id: Set(claim.user_id.map(UserId::uuid)),
            holder: Set(claim.holder),
            held_until: Set(claim.held_until),
            kept_until: Set(claim.kept_until),
            answer: Set(None),
        }
    }
}

//! Rows of `attempts`.

use doorward_application::ports::{Counted, StoreError};
use doorward_domain::attempt::Tally;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{Name, Row};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub full_at: DateTimeUtc,
    pub streak: i64,
    pub failures: i64,
    /// Until when the row makes a difference.
    pub kept_until: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn tally(&self) -> Result<Tally, StoreError> {
        let row = Row { table: "attempts", id: &Name(&self.key) };
        Ok(Tally {
            full_at: self.full_at,
            streak: row.read("streak", self.streak.try_into())?,
            failures: row.read("failures", self.failures.try_into())?,
        })
    }
}

impl ActiveModel {
    pub fn of(Counted { key, budget }: Counted, tally: Tally) -> Self {
        Self {
            key: Set(key.as_bytes().to_vec()),
            full_at: Set(tally.full_at),
            streak: Set(tally.streak.into()),
            failures: Set(tally.failures.into()),
            kept_until: Set(budget.matters_until(tally)),
        }
    }
}

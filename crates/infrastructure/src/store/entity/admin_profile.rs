//! Rows of `admin_profiles`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    UserId,
    profile::{AdminProfile, Profile},
    text::PhoneNumber,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    entity::prelude::*,
};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "admin_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub phone_number: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Profile {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "admin_profiles", id: &model.user_id };
        let phone_number = row.read_optional("phone_number", model.phone_number.as_deref(), PhoneNumber::parse)?;
        Ok(Self::Admin(AdminProfile { phone_number }))
    }
}

impl ActiveModel {
    pub(in crate::store) fn of(user_id: UserId, profile: &AdminProfile) -> Self {
        let phone_number = profile.phone_number.as_ref().map(|number| number.as_str().to_owned());
        Self { user_id: Set(user_id.uuid()), phone_number: Set(phone_number), archived_at: NotSet }
    }
}

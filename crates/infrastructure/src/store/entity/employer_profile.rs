//! Rows of `employer_profiles`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    UserId,
    profile::{EmployerProfile, Profile},
    text::{Line, PhoneNumber},
    user::EmailAddress,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    entity::prelude::*,
};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub company_name: String,
    pub company_email: Option<String>,
    pub phone_number: Option<String>,
    pub company_location: Option<String>,
    pub industry: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Profile {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "employer_profiles", id: &model.user_id };
        Ok(Self::Employer(EmployerProfile {
            company_name: row.read("company_name", Line::parse(&model.company_name))?,
            company_email: row.read_optional("company_email", model.company_email.as_deref(), EmailAddress::parse)?,
            phone_number: row.read_optional("phone_number", model.phone_number.as_deref(), PhoneNumber::parse)?,
            company_location: row.read_optional("company_location", model.company_location.as_deref(), Line::parse)?,
            industry: row.read_optional("industry", model.industry.as_deref(), Line::parse)?,
        }))
    }
}

impl ActiveModel {
    pub(in crate::store) fn of(user_id: UserId, profile: &EmployerProfile) -> Self {
        let line = |line: &Option<Line>| Set(line.as_ref().map(|line| line.as_str().to_owned()));
        Self {
            user_id: Set(user_id.uuid()),
            company_name: Set(profile.company_name.as_str().to_owned()),
            company_email: Set(profile.company_email.as_ref().map(|email| email.typed().to_owned())),
            phone_number: Set(profile.phone_number.as_ref().map(|number| number.as_str().to_owned())),
            company_location: line(&profile.company_location),
            industry: line(&profile.industry),
            archived_at: NotSet,
        }
    }
}

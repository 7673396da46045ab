//! Rows of `candidate_profiles`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    UserId,
    profile::{CandidateProfile, Profile, candidate::Skills},
    text::{Line, PhoneNumber},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    entity::prelude::*,
};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "candidate_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub phone_number: Option<String>,
    pub location: Option<String>,
    pub title: Option<String>,
    /// A JSON array of strings.
    pub skills: String,
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Profile {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "candidate_profiles", id: &model.user_id };
        let skills: Vec<String> = row.read("skills", serde_json::from_str(&model.skills))?;
        Ok(Self::Candidate(CandidateProfile {
            phone_number: row.read_optional("phone_number", model.phone_number.as_deref(), PhoneNumber::parse)?,
            location: row.read_optional("location", model.location.as_deref(), Line::parse)?,
            title: row.read_optional("title", model.title.as_deref(), Line::parse)?,
            skills: row.read("skills", Skills::parse(&skills))?,
        }))
    }
}

impl ActiveModel {
    pub(in crate::store) fn of(user_id: UserId, profile: &CandidateProfile) -> Self {
        let line = |line: &Option<Line>| Set(line.as_ref().map(|line| line.as_str().to_owned()));
        Self {
            user_id: Set(user_id.uuid()),
            phone_number: Set(profile.phone_number.as_ref().map(|number| number.as_str().to_owned())),
            location: line(&profile.location),
            title: line(&profile.title),
            skills: Set(profile.skills.iter().collect::<serde_json::Value>().to_string()),
            archived_at: NotSet,
        }
    }
}

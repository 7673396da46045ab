//! Rows of `users`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    Role, UserId,
    user::{EmailAddress, Locale, PersonName, User, UserStatus, Username},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{Row, password_credential};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub email_canonical: String,
    pub email_verified_at: Option<DateTimeUtc>,
    pub username: Option<String>,
    pub username_canonical: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub role: String,
    pub status: String,
    pub epoch: i64,
    pub credential_version: i64,
    pub created_at: DateTimeUtc,
    pub last_login_at: Option<DateTimeUtc>,
    pub locale: String,
    pub proof_due_at: Option<DateTimeUtc>,
    pub deletes_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Related<password_credential::Entity> for Entity {
    fn to() -> RelationDef {
        password_credential::Relation::User.def().rev()
    }
}

impl ActiveModelBehavior for ActiveModel {}

pub(in crate::store) const fn status_name(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Deactivated => "deactivated",
    }
}

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "users", id: &model.id };
        Ok(Self {
            id: UserId::new(model.id),
            email: row.read("email", EmailAddress::parse(&model.email))?,
            email_verified_at: model.email_verified_at,
            proof_due_at: model.proof_due_at,
            username: row.read_optional("username", model.username.as_deref(), Username::parse)?,
            name: PersonName::new(
                row.read("first_name", PersonName::parse_part(&model.first_name))?,
                row.read("last_name", PersonName::parse_part(&model.last_name))?,
            ),
            locale: row.read("locale", Locale::parse(&model.locale))?,
            role: row.read_name("role", &model.role, Role::ALL, Role::as_str)?,
            status: row.read_name(
                "status",
                &model.status,
                [UserStatus::Active, UserStatus::Deactivated],
                status_name,
            )?,
            epoch: row.read("epoch", model.epoch.try_into())?,
            credential_version: row.read("credential_version", model.credential_version.try_into())?,
            created_at: model.created_at,
            last_login_at: model.last_login_at,
            deletes_at: model.deletes_at,
        })
    }
}

impl From<&User> for ActiveModel {
    fn from(user: &User) -> Self {
        let username = user.username.as_ref();
        Self {
            id: Set(user.id.uuid()),
            email: Set(user.email.typed().to_owned()),
            email_canonical: Set(user.email.canonical().to_owned()),
            email_verified_at: Set(user.email_verified_at),
            username: Set(username.map(|username| username.typed().to_owned())),
            username_canonical: Set(username.map(|username| username.canonical().to_owned())),
            first_name: Set(user.name.first().as_str().to_owned()),
            last_name: Set(user.name.last().as_str().to_owned()),
            role: Set(user.role.as_str().to_owned()),
            status: Set(status_name(user.status).to_owned()),
            epoch: Set(user.epoch.into()),
            credential_version: Set(user.credential_version.into()),
            created_at: Set(user.created_at),
            last_login_at: Set(user.last_login_at),
            locale: Set(user.locale.as_str().to_owned()),
            proof_due_at: Set(user.proof_due_at),
            deletes_at: Set(user.deletes_at),
        }
    }
}

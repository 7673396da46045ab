//! Rows of `revocations`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    SessionId, Timestamp, UserId,
    revocation::{LoggedRevocation, Revocation},
    user::Epoch,
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revocations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub previous: i64,
    pub at: DateTimeUtc,
    pub kind: String,
    pub subject: String,
    pub epoch: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy)]
enum Kind {
    SessionEnded,
    AccessChanged,
    UserChanged,
    KeyRevoked,
    KeysChanged,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::SessionEnded, Self::AccessChanged, Self::UserChanged, Self::KeyRevoked, Self::KeysChanged];

    const fn as_str(self) -> &'static str {
        match self {
            Self::SessionEnded => "session_ended",
            Self::AccessChanged => "access_changed",
            Self::UserChanged => "user_changed",
            Self::KeyRevoked => "key_revoked",
            Self::KeysChanged => "keys_changed",
        }
    }
}

impl TryFrom<Model> for LoggedRevocation {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "revocations", id: &model.position };
        let id = || row.read("subject", Uuid::try_parse(&model.subject));
        let revocation = match row.read_name("kind", &model.kind, Kind::ALL, Kind::as_str)? {
            Kind::SessionEnded => Revocation::SessionEnded(SessionId::new(id()?)),
            Kind::AccessChanged => {
                let epoch = row.read("epoch", model.epoch.ok_or("missing"))?;
                Revocation::AccessChanged {
                    user_id: UserId::new(id()?),
                    epoch: row.read("epoch", Epoch::try_from(epoch))?,
                }
            }
            Kind::UserChanged => Revocation::UserChanged(UserId::new(id()?)),
            Kind::KeyRevoked => Revocation::KeyRevoked(model.subject.clone()),
            Kind::KeysChanged => Revocation::KeysChanged,
        };
        Ok(Self {
            position: row.read("position", model.position.try_into())?,
            previous: row.read("previous", model.previous.try_into())?,
            at: model.at,
            revocation,
        })
    }
}

impl ActiveModel {
    /// The row of an entry and of the place before it; none of what is not logged.
    pub fn of(position: i64, previous: i64, at: Timestamp, revocation: &Revocation) -> Option<Self> {
        let (kind, subject, epoch) = match revocation {
            Revocation::SessionEnded(id) => (Kind::SessionEnded, id.to_string(), None),
            Revocation::AccessChanged { user_id, epoch } => (Kind::AccessChanged, user_id.to_string(), Some(*epoch)),
            Revocation::UserChanged(id) => (Kind::UserChanged, id.to_string(), None),
            Revocation::EndedBefore(_) | Revocation::Reread(_) => return None,
            Revocation::KeyRevoked(id) => (Kind::KeyRevoked, id.clone(), None),
            Revocation::KeysChanged => (Kind::KeysChanged, String::new(), None),
        };
        Some(Self {
            position: Set(position),
            previous: Set(previous),
            at: Set(at),
            kind: Set(kind.as_str().to_owned()),
            subject: Set(subject),
            epoch: Set(epoch.map(i64::from)),
        })
    }
}

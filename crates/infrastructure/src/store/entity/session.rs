//! Rows of `sessions`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    RefreshKeyId, SessionId, TokenId, UserId,
    session::{Device, EndReason, RefreshState, Session, SessionEnd, UserAgent},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{Row, user};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub user_agent: Option<String>,
    pub ip_address: Option<String>,
    pub remembered: bool,
    pub created_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    pub idle_expires_at: DateTimeUtc,
    pub absolute_expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub access_token_id: Uuid,
    pub generation: i64,
    pub rotated_at: DateTimeUtc,
    pub nonce_digest: Vec<u8>,
    pub refresh_key_id: Uuid,
    /// Of the device, kept so that one can be looked for; empty for sessions that are older than the column.
    pub device_label: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "user::Entity", from = "Column::UserId", to = "user::Column::Id")]
    User,
}

impl Related<user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Session {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "sessions", id: &model.id };
        let user_agent = |stored| UserAgent::keep(stored).ok_or("nothing that can be shown");
        let ended = match (model.ended_at, &model.end_reason) {
            (None, None) => None,
            (Some(at), Some(reason)) => {
                let reason = row.read_name("end_reason", reason, EndReason::ALL, EndReason::as_str)?;
                Some(SessionEnd { at, reason })
            }
            _ => return row.read("end_reason", Err("an end has both a moment and a reason")),
        };
        Ok(Self {
            id: SessionId::new(model.id),
            user_id: UserId::new(model.user_id),
            device: Device {
                user_agent: row.read_optional("user_agent", model.user_agent.as_deref(), user_agent)?,
                ip_address: row.read_optional("ip_address", model.ip_address.as_deref(), str::parse)?,
            },
            remembered: model.remembered,
            created_at: model.created_at,
            last_seen_at: model.last_seen_at,
            idle_expires_at: model.idle_expires_at,
            absolute_expires_at: model.absolute_expires_at,
            ended,
            access_token_id: TokenId::new(model.access_token_id),
            refresh: RefreshState {
                generation: row.read("generation", model.generation.try_into())?,
                rotated_at: model.rotated_at,
                nonce_digest: row.read_digest("nonce_digest", &model.nonce_digest)?,
                key_id: RefreshKeyId::new(model.refresh_key_id),
            },
        })
    }
}

impl From<&Session> for ActiveModel {
    fn from(session: &Session) -> Self {
        Self {
            id: Set(session.id.uuid()),
            user_id: Set(session.user_id.uuid()),
            user_agent: Set(session.device.user_agent.as_ref().map(|agent| agent.as_str().to_owned())),
            ip_address: Set(session.device.ip_address.map(|address| address.to_string())),
            remembered: Set(session.remembered),
            created_at: Set(session.created_at),
            last_seen_at: Set(session.last_seen_at),
            idle_expires_at: Set(session.idle_expires_at),
            absolute_expires_at: Set(session.absolute_expires_at),
            ended_at: Set(session.ended.map(|end| end.at)),
            end_reason: Set(session.ended.map(|end| end.reason.as_str().to_owned())),
            access_token_id: Set(session.access_token_id.uuid()),
            generation: Set(session.refresh.generation.into()),
            rotated_at: Set(session.refresh.rotated_at),
            nonce_digest: Set(session.refresh.nonce_digest.as_bytes().to_vec()),
            refresh_key_id: Set(session.refresh.key_id.uuid()),
            device_label: Set(session.device.label()),
        }
    }
}

//! Rows of `audit_events`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    AuditEventId, SessionId, UserId,
    audit::{AuditEvent, AuditKind},
    session::{Device, UserAgent},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub kind: String,
    pub actor_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub identifier: Option<Vec<u8>>,
    pub user_agent: Option<String>,
    pub ip_address: Option<String>,
    pub detail: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for AuditEvent {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "audit_events", id: &model.id };
        let user_agent = |stored| UserAgent::keep(stored).ok_or("nothing that can be shown");
        let identifier = model.identifier.as_deref().map(|stored| row.read_digest("identifier", stored)).transpose()?;
        Ok(Self {
            id: AuditEventId::new(model.id),
            at: model.at,
            kind: row.read_name("kind", &model.kind, AuditKind::ALL, AuditKind::as_str)?,
            actor_id: model.actor_id.map(UserId::new),
            user_id: model.user_id.map(UserId::new),
            session_id: model.session_id.map(SessionId::new),
            identifier,
            device: Device {
                user_agent: row.read_optional("user_agent", model.user_agent.as_deref(), user_agent)?,
                ip_address: row.read_optional("ip_address", model.ip_address.as_deref(), str::parse)?,
            },
            detail: model.detail,
        })
    }
}

impl From<&AuditEvent> for ActiveModel {
    fn from(event: &AuditEvent) -> Self {
        Self {
            id: Set(event.id.uuid()),
            at: Set(event.at),
            kind: Set(event.kind.as_str().to_owned()),
            actor_id: Set(event.actor_id.map(UserId::uuid)),
            user_id: Set(event.user_id.map(UserId::uuid)),
            session_id: Set(event.session_id.map(SessionId::uuid)),
            identifier: Set(event.identifier.map(|digest| digest.as_bytes().to_vec())),
            user_agent: Set(event.device.user_agent.as_ref().map(|agent| agent.as_str().to_owned())),
            ip_address: Set(event.device.ip_address.map(|address| address.to_string())),
            detail: Set(event.detail.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::audit::AuditEvent;
    use doorward_testkit::builders::noon;

    use super::{Model, Uuid};

    #[test]
    fn an_entry_of_a_later_version_is_named_and_not_told() {
        let row = Model {
            id: Uuid::from_u128(1),
            at: noon(),
            kind: "hidden".to_owned(),
            actor_id: None,
            user_id: None,
            session_id: None,
            identifier: None,
            user_agent: None,
            ip_address: None,
            detail: None,
        };
        assert_eq!(
            AuditEvent::try_from(row).unwrap_err().to_string(),
            "the store failed: table audit_events, column kind, row 00000000-0000-0000-0000-000000000001: \
             an unknown name"
        );
    }
}

//! Rows of `outbox`.

use doorward_application::ports::{Message, MessageKind, QueuedMessage, StoreError};
use doorward_domain::{MessageId, UserId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{Row, payload};
use crate::{SealError, Sealer};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    /// Sealed.
    pub payload: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub user_id: Option<Uuid>,
    pub due_at: Option<DateTimeUtc>,
    pub lease_id: Option<Uuid>,
    pub attempts: i64,
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A row without what its message says.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Queued {
    id: Uuid,
    kind: String,
    created_at: DateTimeUtc,
    due_at: Option<DateTimeUtc>,
    attempts: i64,
    last_error: Option<String>,
}

impl Model {
    /// The message, if it was sealed under this master secret and for this row, by a version that is known.
    pub fn open(&self, sealer: &Sealer) -> Result<Message, SealError> {
        payload::open(sealer, self)
    }
}

/// What a message is bound to: its row.
pub fn context(id: Uuid) -> String {
    payload::context(id)
}

impl ActiveModel {
    /// A message that is due at once.
    pub fn seal(message: &Message, sealer: &Sealer) -> Result<Self, StoreError> {
        Ok(Self {
            id: Set(message.id.uuid()),
            kind: Set(message.kind.as_str().to_owned()),
            payload: Set(payload::seal(sealer, message)?),
            created_at: Set(message.created_at),
            user_id: Set(message.user_id.map(UserId::uuid)),
            due_at: Set(Some(message.created_at)),
            lease_id: Set(None),
            attempts: Set(0),
            last_error: Set(None),
        })
    }
}

impl TryFrom<Queued> for QueuedMessage {
    type Error = StoreError;

    fn try_from(queued: Queued) -> Result<Self, StoreError> {
        let row = Row { table: "outbox", id: &queued.id };
        Ok(Self {
            id: MessageId::new(queued.id),
            kind: row.read_name("kind", &queued.kind, MessageKind::ALL, MessageKind::as_str)?,
            created_at: queued.created_at,
            due_at: queued.due_at,
            attempts: row.read("attempts", queued.attempts.try_into())?,
            last_error: queued.last_error,
        })
    }
}

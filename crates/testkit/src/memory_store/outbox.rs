//! Messages that are to be sent.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::ports::{
    Lease, LeasedMessage, Message, OutboxDepth, OutboxRepository, QueuedMessage, StoreError,
};
use doorward_domain::{MessageId, Timestamp, UserId};
use uuid::Uuid;

use super::{Tables, count, unit_of_work::MemoryUnitOfWork};
use crate::builders::copy_of;

/// A message that is to be sent. There is nothing to seal: it is never at rest.
#[derive(Clone)]
pub(super) struct Queued {
    pub(super) message: Arc<Message>,
    due_at: Option<Timestamp>,
    lease: Option<Uuid>,
    attempts: u32,
    last_error: Option<String>,
}

impl Queued {
    fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }

    fn is_leased(&self, now: Timestamp) -> bool {
        self.lease.is_some() && !self.is_due(now)
    }

    fn shown(&self) -> QueuedMessage {
        QueuedMessage {
            id: self.message.id,
            kind: self.message.kind,
            created_at: self.message.created_at,
            due_at: self.due_at,
            attempts: self.attempts,
            last_error: self.last_error.clone(),
        }
    }
}

impl Tables {
    fn leased(&mut self, id: MessageId, lease: Uuid) -> Option<&mut Queued> {
        self.messages.get_mut(&id).filter(|queued| queued.lease == Some(lease))
    }

    /// A message of a user goes with the user.
    pub(super) fn delete_messages_of(&mut self, user_id: UserId) {
        self.messages.retain(|_, queued| queued.message.user_id != Some(user_id));
    }
}

/// Whether the message is the one, or all are meant.
fn is_meant(id: Option<MessageId>, queued: &Queued) -> bool {
    id.is_none_or(|id| id == queued.message.id)
}

#[async_trait]
impl OutboxRepository for MemoryUnitOfWork {
    async fn push(&mut self, message: &Message) -> Result<(), StoreError> {
        let tables = self.write()?;
        if let Some(user_id) = message.user_id {
            tables.expect_user(user_id)?;
        }
        let queued = Queued {
            message: Arc::new(copy_of(message)),
            due_at: Some(message.created_at),
            lease: None,
            attempts: 0,
            last_error: None,
        };
        match tables.messages.insert(message.id, queued) {
            Some(_) => Err(StoreError::new("the message's id is taken")),
            None => Ok(()),
        }
    }

    async fn is_due(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.read().messages.values().any(|queued| queued.is_due(now)))
    }

    async fn lease(&mut self, lease: Lease, now: Timestamp, limit: u32) -> Result<Vec<LeasedMessage>, StoreError> {
        let mut due: Vec<_> = self.write()?.messages.values_mut().filter(|queued| queued.is_due(now)).collect();
        due.sort_by_key(|queued| (queued.due_at, queued.message.id));
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let take = |queued: &mut Queued| {
            queued.lease = Some(lease.id);
            queued.due_at = Some(lease.until);
            queued.attempts += 1;
            LeasedMessage { message: copy_of(&queued.message), attempts: queued.attempts }
        };
        Ok(due.into_iter().map(take).collect())
    }

    async fn remove(&mut self, id: MessageId, lease: Uuid) -> Result<bool, StoreError> {
        let tables = self.write()?;
        Ok(tables.leased(id, lease).is_some() && tables.messages.remove(&id).is_some())
    }

    async fn put_off(
        &mut self,
        id: MessageId,
        lease: Uuid,
        until: Option<Timestamp>,
        error: &str,
    ) -> Result<(), StoreError> {
        if let Some(queued) = self.write()?.leased(id, lease) {
            queued.due_at = until;
            queued.lease = None;
            queued.last_error = Some(error.to_owned());
        }
        Ok(())
    }

    async fn list(&mut self, limit: u32) -> Result<Vec<QueuedMessage>, StoreError> {
        let oldest = self.read().messages.values().take(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(oldest.map(Queued::shown).collect())
    }

    async fn depth(&mut self) -> Result<OutboxDepth, StoreError> {
        let mut depth = OutboxDepth::default();
        for queued in self.read().messages.values() {
            if queued.due_at.is_none() {
                depth.parked += 1;
                continue;
            }
            depth.waiting += 1;
            let written = queued.message.created_at;
            depth.oldest_waiting = Some(depth.oldest_waiting.map_or(written, |oldest| oldest.min(written)));
        }
        Ok(depth)
    }

    async fn retry(&mut self, id: Option<MessageId>, now: Timestamp) -> Result<u64, StoreError> {
        let mut count = 0;
        for queued in self.write()?.messages.values_mut() {
            if is_meant(id, queued) && !queued.is_leased(now) {
                (queued.due_at, queued.lease, queued.attempts) = (Some(now), None, 0);
                count += 1;
            }
        }
        Ok(count)
    }

    async fn drop_parked(&mut self, id: Option<MessageId>) -> Result<u64, StoreError> {
        let parked = |queued: &Queued| is_meant(id, queued) && queued.due_at.is_none();
        Ok(count(self.write()?.messages.extract_if(.., |_, queued| parked(queued))))
    }
}

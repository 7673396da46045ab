//! Messages that are to be sent.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::ports::{Message, MessageContent, OutboxRepository, StoreError};
use doorward_domain::Secret;

use super::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl OutboxRepository for MemoryUnitOfWork {
    async fn push(&mut self, message: &Message) -> Result<(), StoreError> {
        let Message { id, to, name, content, created_at } = message;
        // A message has no `Clone`, so that its secret is not copied by accident. Here it is on purpose.
        let content = match content {
            MessageContent::VerifyEmail { token, expires_at } => {
                MessageContent::VerifyEmail { token: Secret::new(*token.expose()), expires_at: *expires_at }
            }
            MessageContent::AccountExists => MessageContent::AccountExists,
        };
        let copy = Message { id: *id, to: to.clone(), name: name.clone(), content, created_at: *created_at };
        self.write()?.messages.push(Arc::new(copy));
        Ok(())
    }
}

//! Messages that are to be sent.

use async_trait::async_trait;
use doorward_domain::{MessageId, Secret, Timestamp, user::EmailAddress};

use super::StoreError;

/// Messages, written in the same unit as the facts they tell of.
///
/// - A message MUST be there exactly when its unit was committed.
/// - What a message needs MUST be stored sealed: neither address, name nor token MUST be readable in the store, its
///   backups or its logs.
#[async_trait]
pub trait OutboxRepository: Send {
    /// Adds a message.
    async fn push(&mut self, message: &Message) -> Result<(), StoreError>;
}

/// A message to a person.
pub struct Message {
    /// The message's name.
    pub id: MessageId,
    /// To whom.
    pub to: EmailAddress,
    /// What to call them: first and last name.
    pub name: String,
    /// What it is about.
    pub content: MessageContent,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What a message is about.
pub enum MessageContent {
    /// Asks to prove the address.
    VerifyEmail {
        /// The 32 random bytes that prove it.
        token: Secret<[u8; 32]>,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Tells that someone tried to sign up with an address that has an account.
    AccountExists,
}

impl MessageContent {
    /// The name of the kind, in the database and in logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AccountExists => "account_exists",
        }
    }
}

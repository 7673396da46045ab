//! Sending messages.

use async_trait::async_trait;
use thiserror::Error;

use super::Message;

/// Writes a message out, in its recipient's language, and hands it to whoever carries it.
///
/// - [`send`](Self::send) MUST return `Ok` only after the carrier has taken the message over.
/// - It MUST give up within [`SENT_WITHIN`] by itself.
/// - A failure's text MUST hold neither the recipient's address nor name nor anything of the message.
/// - Links MUST be made from the deployment's settings alone.
/// - The wishes for a message ([`MessageKind::is_request`](super::MessageKind::is_request)) are not sent: they MUST be
///   refused.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a message.
    async fn send(&self, message: &Message) -> Result<(), SendError>;
}

/// How long the sending of one message may take.
pub const SENT_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// A message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// It may go through later.
    #[error("not sent: {0}")]
    Temporary(String),
    /// It never will.
    #[error("refused: {0}")]
    Permanent(String),
}

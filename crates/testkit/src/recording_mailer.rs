//! Messages that are kept instead of sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use doorward_application::ports::{Mailer, Message, SendError};

use crate::builders::copy_of;

/// Keeps what it is to send. [`fail_with`](Self::fail_with) breaks it where a test wants it broken. A clone is another
/// handle.
#[derive(Clone, Default)]
pub struct RecordingMailer(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    sent: Vec<Arc<Message>>,
    /// How many are still to fail, and how.
    failing: Option<(u32, SendError)>,
}

impl RecordingMailer {
    /// A mailer that has sent nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next `times` messages fail.
    pub fn fail_with(&self, error: SendError, times: u32) {
        self.recorded().failing = Some((times, error));
    }

    /// What was sent, in this order.
    #[must_use]
    pub fn sent(&self) -> Vec<Arc<Message>> {
        self.recorded().sent.clone()
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for RecordingMailer {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        if message.kind.is_request() {
            return Err(SendError::Permanent("a wish for a message is none".to_owned()));
        }
        let mut recorded = self.recorded();
        if let Some((left, error)) = recorded.failing.as_mut().filter(|(left, _)| *left > 0) {
            *left -= 1;
            return Err(error.clone());
        }
        recorded.sent.push(Arc::new(copy_of(message)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{Mailer as _, Message, MessageKind, SendError};

    use super::RecordingMailer;
    use crate::builders::{message, user};

    #[tokio::test]
    async fn what_was_sent_is_kept_as_it_was() {
        let mailer = RecordingMailer::new();
        for n in [2, 1] {
            mailer.clone().send(&message(&user(1), n)).await.unwrap();
        }
        let sent: Vec<_> = mailer.sent().iter().map(|message| message.id).collect();
        assert_eq!(sent, [message(&user(1), 2).id, message(&user(1), 1).id]);
    }

    #[tokio::test]
    async fn fails_as_often_as_it_was_told_to() {
        let mailer = RecordingMailer::new();
        let error = SendError::Temporary("no route".to_owned());
        mailer.fail_with(error.clone(), 2);
        for _ in 0..2 {
            assert_eq!(mailer.send(&message(&user(1), 1)).await, Err(error.clone()));
        }
        assert!(mailer.sent().is_empty());
        assert_eq!(mailer.send(&message(&user(1), 1)).await, Ok(()));
        assert_eq!(mailer.sent().len(), 1);
    }

    #[tokio::test]
    async fn the_wish_for_a_message_is_refused() {
        let mailer = RecordingMailer::new();
        for kind in MessageKind::ALL.into_iter().filter(|kind| kind.is_request()) {
            let wish = Message { kind, ..message(&user(1), 1) };
            assert!(matches!(mailer.send(&wish).await, Err(SendError::Permanent(_))));
        }
        assert!(mailer.sent().is_empty());
    }
}

//! The mail worker: wishes become messages, and messages are sent.

use std::time::Duration;

use doorward_domain::{Timestamp, user::Identifier};

use super::Post;
use crate::{
    Fault, Ports, Settings,
    ports::{Access, Facts, Lease, LeasedMessage, Message, MessageKind, SendError, mailer::SENT_WITHIN},
};

/// Sends what is due. Any number of nodes may do it at once.
///
/// A message is leased, sent, and then removed, one after the other. A worker that dies in between leaves the lease to
/// run out, and the message is sent once more: at most one duplicate for each death.
pub struct DeliverMail {
    ports: Ports,
    post: Post,
    tried_for: Duration,
}

/// What became of the message that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It was sent, or was a wish that has been granted or was nobody's.
    Done,
    /// It is to be tried again.
    PutOff,
    /// It is put off for good.
    Parked,
}

impl DeliverMail {
    /// How often to look for messages that are due.
    pub const INTERVAL: Duration = Duration::from_millis(500);

    /// How long a lease lasts: longer than the sending can, so that nobody else sends what is still being sent.
    const LEASED_FOR: Duration = SENT_WITHIN.saturating_add(Duration::from_secs(15));

    /// The longest wait between two attempts. What hangs when a mail server is repaired is given up within
    /// [`SENT_WITHIN`] and waits for so long: it is sent within a minute of the repair.
    const LONGEST_WAIT: Duration = Duration::from_secs(25);

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), tried_for: settings.keeping.mail_tried_for }
    }

    /// Sends the message that has waited longest, if one is due.
    pub async fn execute(&self) -> Result<Option<Delivered>, Fault> {
        let now = self.ports.clock.now();
        // Asked first without writing: that is what an idle node does all day.
        if !self.ports.store.begin(Access::Read).await?.outbox().is_due(now).await? {
            return Ok(None);
        }
        let lease = Lease { id: self.ports.ids.next(now), until: now + Self::LEASED_FOR };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let leased = unit.outbox().lease(lease, now, 1).await?;
        unit.commit().await?;
        match leased.first() {
            Some(leased) => self.handle(leased, lease).await.map(Some),
            None => Ok(None),
        }
    }

    async fn handle(&self, leased: &LeasedMessage, lease: Lease) -> Result<Delivered, Fault> {
        let message = &leased.message;
        if message.kind.is_request() {
            self.grant(message, lease).await?;
            return Ok(Delivered::Done);
        }
        let now = self.ports.clock.now();
        let over = message.facts.expires_at.is_some_and(|end| end <= now);
        let sent = if over {
            Err(SendError::Permanent("its link has expired".to_owned()))
        } else {
            self.ports.mailer.send(message).await
        };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let outcome = match sent {
            Ok(()) => {
                unit.outbox().remove(message.id, lease.id).await?;
                Delivered::Done
            }
            Err(error) => {
                let now = self.ports.clock.now();
                let again = match &error {
                    SendError::Permanent(_) => None,
                    SendError::Temporary(_) => Some(now + Self::wait(leased.attempts)),
                };
                let again = again.filter(|again| *again < message.created_at + self.tried_for);
                unit.outbox().put_off(message.id, lease.id, again, &error.to_string()).await?;
                if again.is_some() { Delivered::PutOff } else { Delivered::Parked }
            }
        };
        unit.commit().await?;
        Ok(outcome)
    }

    /// After how long to try again: 1 s, 2 s, 4 s and so on.
    fn wait(attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        Duration::from_secs(1 << doublings).min(Self::LONGEST_WAIT)
    }

    /// Turns the wish for a message into the message, if the address has an account that it is right for. That is
    /// one unit, so whoever wished gets one message, however often the worker dies.
    async fn grant(&self, wish: &Message, lease: Lease) -> Result<(), Fault> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let found = unit.users().find_by_identifier(&Identifier::Email(wish.to.clone())).await?;
        let user = match found {
            Some(found) => unit.users().lock(found.id).await?,
            None => None,
        };
        if !unit.outbox().remove(wish.id, lease.id).await? {
            return Ok(());
        }
        // Changed between the two readings: then the address is not this user's any more.
        if let Some(user) = user.filter(|user| user.email.canonical() == wish.to.canonical())
            && let Some(kind) = granted(wish.kind, user.email_verified_at, user.status.is_active())
        {
            self.post.write(unit.as_mut(), &user, kind, Facts::default(), now).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}

/// The message that a wish is answered with.
fn granted(wish: MessageKind, proven: Option<Timestamp>, active: bool) -> Option<MessageKind> {
    match wish {
        MessageKind::VerificationRequested => (proven.is_none() && active).then_some(MessageKind::VerifyEmail),
        MessageKind::ResetRequested => active.then_some(MessageKind::ResetPassword),
        _ => None,
    }
}

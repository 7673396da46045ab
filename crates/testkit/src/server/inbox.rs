//! The mails of a test server.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::ports::{Mailer, Message, MessageKind, SendError};
use doorward_domain::Timestamp;
use doorward_infrastructure::mail::{Carrier, Letter, MailOptions, TemplateMailer};
use tokio::{sync::watch, time::Instant};

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its place among all that were sent: the first has 1, and none has the place of another.
    pub number: u64,
    /// What it is about.
    pub kind: MessageKind,
    /// To whom.
    pub to: String,
    /// In which language.
    pub locale: String,
    /// The subject.
    pub subject: String,
    /// What it says, without looks.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where its link leads, if it has one.
    pub link: Option<String>,
    /// What its link carries, if it carries something.
    pub token: Option<String>,
    /// When it was written.
    pub at: Timestamp,
}

/// Which mails are meant. Every part that is given narrows.
#[derive(Clone, Debug, Default)]
pub struct MailFilter {
    /// Those to this address, whatever its case.
    pub to: Option<String>,
    /// Those about this.
    pub kind: Option<MessageKind>,
    /// Those after the one of this [`number`](Mail::number).
    pub after: u64,
}

impl MailFilter {
    /// Every mail to this address.
    #[must_use]
    pub fn to(address: &str) -> Self {
        Self { to: Some(address.to_owned()), ..Self::default() }
    }

    /// Of these, those of one kind.
    #[must_use]
    pub fn of(self, kind: MessageKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Of these, those after the one of this [`number`](Mail::number).
    #[must_use]
    pub fn after(self, number: u64) -> Self {
        Self { after: number, ..self }
    }

    fn takes(&self, mail: &Mail) -> bool {
        mail.number > self.after
            && self.to.as_ref().is_none_or(|to| mail.to.eq_ignore_ascii_case(to))
            && self.kind.is_none_or(|kind| mail.kind == kind)
    }
}

/// Every mail that was sent and not cleared.
pub(super) struct Inbox {
    kept: Mutex<Kept>,
    /// The number of the latest.
    latest: watch::Sender<u64>,
}

/// An inbox as it was.
#[derive(Clone, Default)]
pub(super) struct Kept {
    mails: Vec<Arc<Mail>>,
    latest: u64,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { kept: Mutex::default(), latest: watch::Sender::new(0) }
    }

    /// The mails that are meant, in the order in which they were sent.
    pub(super) fn list(&self, filter: &MailFilter) -> Vec<Arc<Mail>> {
        self.kept().mails.iter().filter(|mail| filter.takes(mail)).cloned().collect()
    }

    /// The first that is meant, as soon as it is there; `None` if it is not there in time.
    pub(super) async fn wait(&self, filter: &MailFilter, patience: Duration) -> Option<Arc<Mail>> {
        let mut told = self.latest.subscribe();
        let found = async {
            loop {
                told.mark_unchanged();
                if let Some(found) = self.list(filter).into_iter().next() {
                    return Some(found);
                }
                told.changed().await.ok()?;
            }
        };
        tokio::time::timeout(patience, found).await.ok().flatten()
    }

    /// Forgets the mails that are meant; says how many.
    pub(super) fn clear(&self, filter: &MailFilter) -> usize {
        let mut kept = self.kept();
        let before = kept.mails.len();
        kept.mails.retain(|mail| !filter.takes(mail));
        before - kept.mails.len()
    }

    pub(super) fn state(&self) -> Kept {
        self.kept().clone()
    }

    /// Has the mails of before, and no others. Numbers go on: who waits for the next is not given one of before.
    pub(super) fn put_back(&self, before: &Kept) {
        let mut kept = self.kept();
        let latest = kept.latest;
        *kept = Kept { latest, ..before.clone() };
    }

    fn push(&self, mail: impl FnOnce(u64) -> Mail) {
        let mut kept = self.kept();
        kept.latest += 1;
        let number = kept.latest;
        kept.mails.push(Arc::new(mail(number)));
        drop(kept);
        self.latest.send_replace(number);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes messages out as doorward does, and puts them into an inbox.
pub(super) struct InboxMailer {
    writer: TemplateMailer,
    links_to: String,
    written: Slot,
    inbox: Arc<Inbox>,
    /// One at a time, because what is written passes through one slot.
    turn: tokio::sync::Mutex<()>,
}

/// What a mail says.
struct Written {
    subject: String,
    text: String,
    html: String,
}

/// Where the writer leaves what it has written.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<Written>>>);

impl Slot {
    fn put(&self, written: Option<Written>) -> Option<Written> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), written)
    }
}

#[async_trait]
impl Carrier for Slot {
    async fn carry(&self, letter: &Letter, _: Instant) -> Result<(), SendError> {
        let [subject, text, html] = [letter.subject(), letter.text(), letter.html()].map(str::to_owned);
        self.put(Some(Written { subject, text, html }));
        Ok(())
    }
}

impl InboxMailer {
    /// `options` says how mails are written, given who takes them.
    pub(super) fn new<E>(
        inbox: Arc<Inbox>,
        options: impl FnOnce(Box<dyn Carrier>) -> Result<MailOptions, E>,
    ) -> Result<Self, E> {
        let written = Slot::default();
        let options = options(Box::new(written.clone()))?;
        let links_to = options.links_to.clone();
        let writer = TemplateMailer::new(options);
        Ok(Self { writer, links_to, written, inbox, turn: tokio::sync::Mutex::default() })
    }
}

#[async_trait]
impl Mailer for InboxMailer {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let _turn = self.turn.lock().await;
        self.writer.send(message).await?;
        let Written { subject, text, html } =
            self.written.put(None).ok_or_else(|| SendError::Permanent("nothing was written".to_owned()))?;
        let token = message.token.as_ref().map(|token| token.text().expose().clone());
        let query = token.as_ref().map_or_else(String::new, |token| format!("?token={token}"));
        let link = message.kind.page().map(|page| format!("{}{page}{query}", self.links_to));
        self.inbox.push(|number| Mail {
            number,
            kind: message.kind,
            to: message.to.typed().to_owned(),
            locale: message.locale.as_str().to_owned(),
            subject,
            text,
            html,
            link,
            token,
            at: message.created_at,
        });
        Ok(())
    }
}

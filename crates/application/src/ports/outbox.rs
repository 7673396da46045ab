//! Messages that are to be sent.

use std::net::IpAddr;

use async_trait::async_trait;
use doorward_domain::{
    MessageId, Role, Timestamp, UserId,
    session::Device,
    token::OneTimeSecret,
    user::{EmailAddress, Locale},
};
use uuid::Uuid;

use super::StoreError;

/// Messages, written in the same unit as the facts they tell of.
///
/// - A message MUST be there exactly when its unit was committed.
/// - What a message needs MUST be stored sealed: neither address, name nor token MUST be readable in the store, its
///   backups or its logs. What is read MUST equal what was written.
/// - [`lease`](Self::lease) MUST NOT hand out a message that another lease, here or on another machine, still has, and
///   MUST hand out one whose lease has run out.
/// - A message of a user MUST go with the user.
#[async_trait]
pub trait OutboxRepository: Send {
    /// Adds a message, due at once.
    async fn push(&mut self, message: &Message) -> Result<(), StoreError>;

    /// Whether a message is due at this moment. Reads only.
    async fn is_due(&mut self, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes at most `limit` messages that are due, the one that has waited longest first, and counts an attempt of
    /// each. Nobody else is given them before the lease's end.
    async fn lease(&mut self, lease: Lease, now: Timestamp, limit: u32) -> Result<Vec<LeasedMessage>, StoreError>;

    /// Removes a message that was sent, if the lease still has it. Says whether it did.
    async fn remove(&mut self, id: MessageId, lease: Uuid) -> Result<bool, StoreError>;

    /// Puts a message off, if the lease still has it: to a moment, or for good where there is none, until an operator
    /// decides. `error` is what the operator reads; it holds nothing of the message.
    async fn put_off(
        &mut self,
        id: MessageId,
        lease: Uuid,
        until: Option<Timestamp>,
        error: &str,
    ) -> Result<(), StoreError>;

    /// At most `limit` messages, the oldest first, without what they say.
    async fn list(&mut self, limit: u32) -> Result<Vec<QueuedMessage>, StoreError>;

    /// How many messages wait, and how many are put off for good, and since when the oldest of those that wait does.
    async fn depth(&mut self) -> Result<OutboxDepth, StoreError>;

    /// Makes messages that are put off due at this moment: the one, or all. Says how many.
    async fn retry(&mut self, id: Option<MessageId>, now: Timestamp) -> Result<u64, StoreError>;

    /// Drops messages that are put off for good: the one, or all. Says how many.
    async fn drop_parked(&mut self, id: Option<MessageId>) -> Result<u64, StoreError>;
}

/// The right to send messages, for a while.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// The lease's name, different for each.
    pub id: Uuid,
    /// When others may take the messages.
    pub until: Timestamp,
}

/// A message, and how often it was tried.
pub struct LeasedMessage {
    /// What to send.
    pub message: Message,
    /// How many attempts there were, this one counted.
    pub attempts: u32,
}

/// What an operator sees of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// The message's name.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next; none if it is put off for good.
    pub due_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How full the outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxDepth {
    /// How many messages wait to be sent.
    pub waiting: u64,
    /// How many are put off for good.
    pub parked: u64,
    /// When the oldest of those that wait was written.
    pub oldest_waiting: Option<Timestamp>,
}

/// A message to a person, or the wish for one: see [`MessageKind::is_request`].
pub struct Message {
    /// The message's name.
    pub id: MessageId,
    /// The account that it is about, if there is one.
    pub user_id: Option<UserId>,
    /// To whom.
    pub to: EmailAddress,
    /// What to call them: first and last name, where that is known.
    pub name: Option<String>,
    /// In which language.
    pub locale: Locale,
    /// What it is about.
    pub kind: MessageKind,
    /// What its link carries.
    pub token: Option<OneTimeSecret>,
    /// What else it tells.
    pub facts: Facts,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What messages tell, beside their link. Each kind tells what it has a use for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Until when the link works, or the account can be kept.
    pub expires_at: Option<Timestamp>,
    /// What a person would call the device that it happened on.
    pub device: Option<String>,
    /// The address of the client that it happened from.
    pub ip_address: Option<IpAddr>,
    /// The address for mail that the account has now, or is to have.
    pub new_email: Option<EmailAddress>,
    /// The role that someone is invited for.
    pub role: Option<Role>,
    /// The company that someone is invited for.
    pub company: Option<String>,
}

impl Facts {
    /// What is told of where something happened.
    #[must_use]
    pub fn of_device(device: &Device) -> Self {
        Self { device: Some(device.label()), ip_address: device.ip_address, ..Self::default() }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $link:expr)*) => {
        /// What a message is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MessageKind {
            $($(#[$doc])* $kind,)*
        }

        impl MessageKind {
            /// Every kind.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$kind),*];

            /// The name of the kind: in the database, in logs, and of its template.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// The page that the message's link leads to, if it has a link.
            #[must_use]
            pub const fn page(self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => $link,)*
                }
            }
        }
    };
}

kinds! {
    /// Asks to prove the address.
    VerifyEmail "verify_email" Some("/verify-email")
    /// The wish for a [`VerifyEmail`](Self::VerifyEmail), by whoever typed the address.
    VerificationRequested "verification_requested" None
    /// Tells that someone wanted to use an address that has an account.
    AccountExists "account_exists" Some("/forgot-password")
    /// The wish for a [`ResetPassword`](Self::ResetPassword), by whoever typed the address.
    ResetRequested "reset_requested" None
    /// Lets choose a new password.
    ResetPassword "reset_password" Some("/reset-password")
    /// Tells of an account that an administrator made, and lets choose its first password.
    AccountCreated "account_created" Some("/reset-password")
    /// Asks to prove the address that is to become the account's.
    ConfirmEmail "confirm_email" Some("/confirm-email")
    /// Invites to sign up.
    Invitation "invitation" Some("/register")
    /// Tells of a sign-in on a device that was not used before.
    NewDevice "new_device" Some("/not-me")
    /// Tells that the password was changed.
    PasswordChanged "password_changed" Some("/not-me")
    /// Tells the old address that there is a new one, and lets undo it.
    EmailChanged "email_changed" Some("/undo-email-change")
    /// Tells that a session was ended because its refresh token was used twice.
    RefreshTokenReused "refresh_token_reused" Some("/not-me")
    /// Tells that the account is going to be deleted, and lets keep it.
    DeletionScheduled "deletion_scheduled" Some("/keep-account")
}

impl MessageKind {
    /// Whether it is nothing to send yet: the worker finds out whether there is anyone to send something to. Whoever
    /// types an address causes the same write for any.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(self, Self::VerificationRequested | Self::ResetRequested)
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

//! Identifiers.

use doorward_domain::{AuditEventId, InvitationId, MessageId, OneTimeTokenId, SessionId, Timestamp, TokenId, UserId};

/// A 128-bit identifier as bytes of a UUID.
pub type RawId = uuid::Uuid;

/// Makes identifiers.
///
/// An adapter MUST make UUIDs of version 7 (RFC 9562 §5.7) from the time that it is given, MUST never make the same
/// one twice, and within one process MUST make each greater than the one before it for the same or a later time:
/// rows sort by their age.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait IdGenerator: Send + Sync {
    /// The next identifier.
    fn next(&self, now: Timestamp) -> RawId;
}

macro_rules! typed {
    ($($method:ident -> $id:ident),* $(,)?) => {
        impl dyn IdGenerator {
            $(
                #[doc = concat!("The next [`", stringify!($id), "`].")]
                pub fn $method(&self, now: Timestamp) -> $id {
                    $id::new(self.next(now))
                }
            )*
        }
    };
}

typed! {
    user_id -> UserId,
    session_id -> SessionId,
    token_id -> TokenId,
    one_time_token_id -> OneTimeTokenId,
    message_id -> MessageId,
    invitation_id -> InvitationId,
    audit_event_id -> AuditEventId,
}

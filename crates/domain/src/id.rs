//! Identifiers. Each is a UUID version 7 (RFC 9562) made by the `IdGenerator` port; none of them is a secret.

use std::fmt;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes the UUID as it is.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Names a user; the `sub` claim.
    UserId
}
id! {
    /// Names a session; the `sid` claim.
    SessionId
}
id! {
    /// Names one access token; the `jti` claim (RFC 7519 §4.1.7).
    TokenId
}
id! {
    /// Names the key that authenticates refresh tokens.
    RefreshKeyId
}
id! {
    /// Names a one-time token's row. The token itself is a secret and is not this.
    OneTimeTokenId
}
id! {
    /// Names a message in the outbox.
    MessageId
}
id! {
    /// Names an invitation. Its token is a secret and is not this.
    InvitationId
}
id! {
    /// Names an entry of the audit log.
    AuditEventId
}

//! What has been done, said on the page that follows.

use super::texts::{Text, Texts};

macro_rules! done {
    ($($(#[$doc:meta])* $done:ident $name:ident)*) => {
        /// What has been done. The name goes through a cookie to the next page, which says it once.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Done { $($done,)* }

        impl Done {
            const ALL: &[Self] = &[$(Self::$done,)*];

            /// Its name in the cookie.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$done => stringify!($name),)* }
            }

            /// What the page says.
            pub(crate) fn text(self, t: &Texts) -> &Text {
                match self { $(Self::$done => &t.done.$name,)* }
            }
        }
    };
}

done! {
    SignedOut signed_out
    Saved saved
    PasswordChanged password_changed
    PasswordReset password_reset
    AddressChangeSent address_change_sent
    SessionEnded session_ended
    SessionsEnded sessions_ended
    AccountKept account_kept
    AccountDeleted account_deleted
    DeletionPlanned deletion_planned
    UserCreated user_created
    UserSaved user_saved
    UserDeactivated user_deactivated
    UserActivated user_activated
    UserDeleted user_deleted
    ResetStarted reset_started
    UserSessionsEnded user_sessions_ended
    Invited invited
    InvitationWithdrawn invitation_withdrawn
    KeyPublished key_published
    KeyRevoked key_revoked
}

impl Done {
    /// The one of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.as_str() == name)
    }
}

//! The audit log: who did what, to whom, when and from where.

use crate::{AuditEventId, Digest, SessionId, Timestamp, UserId, session::Device};

/// An entry of the audit log. It holds identifiers and no names, so that it need not be rewritten when an account
/// goes, but for the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The entry's name; entries sort by it.
    pub id: AuditEventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: AuditKind,
    /// Who did it, where that is known: the user, an administrator, or nobody, as at a sign-in that failed.
    pub actor_id: Option<UserId>,
    /// Whom it happened to.
    pub user_id: Option<UserId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// What was typed to sign in, under a keyed hash: whoever knows the address can find its attempts, and nobody can
    /// read it here.
    pub identifier: Option<Digest>,
    /// From what and where.
    pub device: Device,
    /// A word more, from a fixed set: the role that was given, or why a sign-in failed. Or the id of a signing key.
    pub detail: Option<String>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum AuditKind {
            $($(#[$doc])* $kind,)*
        }

        impl AuditKind {
            /// Every kind.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$kind),*];

            /// The kind's name in the database, on the wire and in exports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// An account was signed up for.
    SignedUp "signed_up"
    /// A password opened a session.
    SignedIn "signed_in"
    /// A sign-in was refused; the detail says why.
    SignInFailed "sign_in_failed"
    /// A signed-in user typed a wrong password to change something.
    ReauthenticationFailed "reauthentication_failed"
    /// A session was ended by its own user, from inside.
    SignedOut "signed_out"
    /// A session was ended by its own user, from another.
    SessionEnded "session_ended"
    /// All sessions but one were ended by their own user, from that one.
    OtherSessionsEnded "other_sessions_ended"
    /// All sessions were ended by their own user.
    SignedOutEverywhere "signed_out_everywhere"
    /// A refresh token that had been used up was presented; its session was ended.
    RefreshTokenReused "refresh_token_reused"
    /// Names or profile were changed by their own user.
    AccountUpdated "account_updated"
    /// An address was proven.
    EmailVerified "email_verified"
    /// A change of address was asked for.
    EmailChangeRequested "email_change_requested"
    /// An address was changed.
    EmailChanged "email_changed"
    /// A change of address was undone from the old address.
    EmailChangeUndone "email_change_undone"
    /// A password was changed by someone who knew it.
    PasswordChanged "password_changed"
    /// A password was chosen by a link.
    PasswordReset "password_reset"
    /// All sessions were ended by the link of a notice.
    SessionsDisowned "sessions_disowned"
    /// A user took their data.
    DataExported "data_exported"
    /// A user asked for the account to go.
    DeletionRequested "deletion_requested"
    /// A user kept the account after all.
    DeletionCancelled "deletion_cancelled"
    /// An account went.
    AccountDeleted "account_deleted"
    /// An administrator made an account.
    UserCreated "user_created"
    /// An administrator changed names or profile.
    UserUpdated "user_updated"
    /// An administrator changed a role; the detail says to which.
    RoleChanged "role_changed"
    /// An administrator deactivated an account.
    UserDeactivated "user_deactivated"
    /// An administrator activated an account.
    UserActivated "user_activated"
    /// An administrator started the reset of a password.
    ResetStarted "reset_started"
    /// An administrator ended a user's sessions.
    SessionsEndedByAdmin "sessions_ended_by_admin"
    /// An administrator invited someone; the detail says for which role.
    InvitationCreated "invitation_created"
    /// An administrator took an invitation back.
    InvitationWithdrawn "invitation_withdrawn"
    /// The next signing key was published, by someone or because it was time; the detail names it.
    KeyRotated "key_rotated"
    /// A signing key was revoked; the detail names it.
    KeyRevoked "key_revoked"
}

//! A user's own account: what it shows, the proof of its address, its password, its end.

mod change_email;
mod change_password;
mod confirm_email;
mod delete;
mod disown;
mod export;
mod reauthenticate;
mod removal;
mod request_link;
mod reset_password;
mod undo_email_change;
mod update;
mod verify_email;

use std::sync::Arc;

pub use change_email::{ChangeEmail, ChangeEmailError};
pub use change_password::{ChangePassword, ChangePasswordError};
pub use confirm_email::{ConfirmEmail, ConfirmEmailError};
pub use delete::{DeleteAccount, DeleteAccountError, Deletion};
pub use disown::DisownSessions;
pub use export::{AccountExport, ExportAccount};
pub(crate) use removal::Removal;
pub use request_link::{RequestLink, RequestLinkError};
pub use reset_password::{ResetPassword, ResetPasswordError};
use thiserror::Error;
pub use undo_email_change::UndoEmailChange;
pub use update::{UpdateAccount, UpdateAccountCommand, UpdateAccountError};
pub use verify_email::VerifyEmail;

use crate::{Fault, Ports, Settings, fault::faults_of, ports::MessageKind, throttle::Throttle};

/// Why the link of a mail did nothing.
#[derive(Debug, Error)]
pub enum LinkError {
    /// Its token is none, or was used, replaced or has expired.
    #[error("not a one-time token that is good")]
    InvalidToken,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(LinkError);

/// The use cases about a user's own account.
pub struct Account {
    /// Changes names and profile.
    pub update: UpdateAccount,
    /// Asks for another mail to prove the address with.
    pub request_verification: RequestLink,
    /// Proves the address.
    pub verify_email: VerifyEmail,
    /// Asks for a mail to choose a new password with.
    pub request_reset: RequestLink,
    /// Chooses a new password by a link.
    pub reset_password: ResetPassword,
    /// Chooses a new password, knowing the old one.
    pub change_password: ChangePassword,
    /// Asks for another address.
    pub change_email: ChangeEmail,
    /// Proves the address that is to be the account's.
    pub confirm_email: ConfirmEmail,
    /// Gives the account back to the address that it had.
    pub undo_email_change: UndoEmailChange,
    /// Ends every session by the link of a notice.
    pub disown: DisownSessions,
    /// Hands over all that is stored of the user.
    pub export: ExportAccount,
    /// Ends the account.
    pub delete: DeleteAccount,
}

impl Account {
    pub(crate) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            update: UpdateAccount::new(ports),
            request_verification: RequestLink::new(ports, MessageKind::VerificationRequested, throttle),
            verify_email: VerifyEmail::new(ports),
            request_reset: RequestLink::new(ports, MessageKind::ResetRequested, throttle),
            reset_password: ResetPassword::new(ports, settings),
            change_password: ChangePassword::new(ports, settings, throttle),
            change_email: ChangeEmail::new(ports, settings, throttle),
            confirm_email: ConfirmEmail::new(ports),
            undo_email_change: UndoEmailChange::new(ports),
            disown: DisownSessions::new(ports),
            export: ExportAccount::new(ports),
            delete: DeleteAccount::new(ports, settings, throttle),
        }
    }
}

//! The signed-in user's own account.

mod update;
mod view;

pub use update::{UpdateAccount, UpdateAccountCommand, UpdateAccountError};
pub use view::ViewAccount;

use crate::Ports;

/// The use cases about the signed-in user's own account.
pub struct Account {
    /// Shows it.
    pub view: ViewAccount,
    /// Changes names and profile.
    pub update: UpdateAccount,
}

impl Account {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { view: ViewAccount::new(ports), update: UpdateAccount::new(ports) }
    }
}

//! Signing up, in and out, and knowing who asks.

mod authenticate;
mod comparison;
mod log_in;
mod log_out;
mod new_account;
mod open_session;
mod password_rules;
mod presented;
mod refresh;
mod register;
mod sign_up_outcome;
mod tokens;

use std::sync::Arc;

pub use authenticate::{Authenticate, AuthenticateError};
use doorward_domain::{Secret, profile::Profile, user::User};
pub use log_in::{LogIn, LogInCommand, LogInError};
pub use log_out::{LogOut, LogOutError};
pub(crate) use new_account::{AccountForm, NewAccount};
pub(crate) use password_rules::PasswordRules;
pub use presented::Presented;
pub use refresh::{Refresh, RefreshError};
pub use register::{Register, RegisterCommand, RegisterError, Registered};
pub use tokens::IssuedTokens;

use crate::{Ports, Settings, gate::SessionGate, sessions::RecordActivity, throttle::Throttle};

/// A user who has just signed in, with what the answer shows.
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The profile of the user's role.
    pub profile: Profile,
    /// The session's first tokens.
    pub tokens: IssuedTokens,
    /// What the browser is to show at its next sign-in; none if it is to keep nothing.
    pub device_token: Option<Secret<String>>,
}

/// The use cases of signing up, in and out.
pub struct Auth {
    /// Makes an account.
    pub register: Register,
    /// Opens a session for a password.
    pub log_in: LogIn,
    /// Exchanges a refresh token for new tokens.
    pub refresh: Refresh,
    /// Ends the session of the tokens presented.
    pub log_out: LogOut,
    /// Finds out who asks.
    pub authenticate: Authenticate,
}

impl Auth {
    pub(crate) fn new(
        ports: &Ports,
        settings: &Settings,
        throttle: &Arc<Throttle>,
        gate: &Arc<SessionGate>,
        activity: &Arc<RecordActivity>,
    ) -> Self {
        Self {
            register: Register::new(ports, settings, throttle),
            log_in: LogIn::new(ports, settings, throttle),
            refresh: Refresh::new(ports, settings),
            log_out: LogOut::new(ports),
            authenticate: Authenticate::new(ports, gate, Arc::clone(activity)),
        }
    }
}

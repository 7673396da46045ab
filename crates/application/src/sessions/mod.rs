//! The signed-in user's sessions.

mod list;
mod record_activity;
mod revoke;
mod revoke_all;
mod revoke_others;

use std::sync::Arc;

pub use list::ListSessions;
pub use record_activity::RecordActivity;
pub use revoke::{RevokeSession, RevokeSessionError};
pub use revoke_all::{RevokeAllSessions, RevokeSessionsError};
pub use revoke_others::RevokeOtherSessions;

use crate::Ports;

/// The use cases about sessions.
pub struct Sessions {
    /// Lists the live ones.
    pub list: ListSessions,
    /// Ends one.
    pub revoke: RevokeSession,
    /// Ends all.
    pub revoke_all: RevokeAllSessions,
    /// Ends all but the current one.
    pub revoke_others: RevokeOtherSessions,
    /// Notes which are being used.
    pub record_activity: Arc<RecordActivity>,
}

impl Sessions {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self {
            list: ListSessions::new(ports),
            revoke: RevokeSession::new(ports),
            revoke_all: RevokeAllSessions::new(ports),
            revoke_others: RevokeOtherSessions::new(ports),
            record_activity: Arc::new(RecordActivity::new(ports)),
        }
    }
}

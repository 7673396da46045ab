//! The signed-in user's sessions.

pub(crate) mod list;
pub(crate) mod revoke;

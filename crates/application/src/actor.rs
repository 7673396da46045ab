//! Who is asking.

use std::sync::Arc;

use doorward_domain::{
    Role,
    profile::Profile,
    session::{Device, Session},
    user::User,
};
use thiserror::Error;

/// The signed-in user, and the session that the request came with. Made by
/// [`Authenticate`](crate::auth::Authenticate) alone; protected use cases take it first.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who. All is true of now, but on other nodes for the last sign-in, of at most a minute before.
    pub user: Arc<User>,
    /// The profile of the user's role.
    pub profile: Arc<Profile>,
    /// By which session. Whether it lives is true of now, when it was last used of at most a minute before.
    pub session: Arc<Session>,
    /// From what and where this request came.
    pub device: Device,
}

/// The actor may not do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an administrator")]
pub struct Forbidden;

impl Actor {
    /// Fails unless the actor runs the platform.
    pub(crate) fn require_admin(&self) -> Result<(), Forbidden> {
        if self.user.role == Role::Admin { Ok(()) } else { Err(Forbidden) }
    }
}

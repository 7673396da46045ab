//! Who is asking.

use doorward_domain::{
    Role,
    session::{Device, Session},
    user::User,
};
use thiserror::Error;

/// The signed-in user, and the session that the request came with. Made by
/// [`Authenticate`](crate::auth::Authenticate) alone; protected use cases take it first.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub user: User,
    /// By which session.
    pub session: Session,
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

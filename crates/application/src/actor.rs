//! Who is asking.

use std::sync::Arc;

use doorward_domain::{
    Role, Timestamp,
    profile::Profile,
    session::{Device, Session},
    user::User,
};
use thiserror::Error;

use crate::ports::{StoreError, UnitOfWork};

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
    /// The user, if the session still lives: a body may arrive long after its head, hashing takes long, and whoever waited
    /// for a lock may have waited for their own end. On other nodes it may also be known before it is known here. To be
    /// asked once the unit has its locks; the user is read and not locked, or two who act upon each other would wait for
    /// each other.
    pub(crate) async fn still_signed_in(
        &self,
        unit: &mut dyn UnitOfWork,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let found = unit.sessions().find_with_user(self.session.id).await?;
        let found = found.filter(|(session, user)| session.is_live(now) && user.may_sign_in());
        Ok(found.map(|(_, user)| user))
    }

    /// Fails unless the actor runs the platform.
    pub(crate) fn require_admin(&self) -> Result<(), Forbidden> {
        if self.user.role == Role::Admin { Ok(()) } else { Err(Forbidden) }
    }
}

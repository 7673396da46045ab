//! Who is asking.

use doorward_domain::{session::Session, user::User};

/// The signed-in user, and the session that the request came with. Made by
/// [`Authenticate`](crate::auth::Authenticate) alone; protected use cases take it first.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub user: User,
    /// By which session.
    pub session: Session,
}

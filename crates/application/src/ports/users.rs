//! Users in the store.

use async_trait::async_trait;
use doorward_domain::{
    UserId,
    user::{Identifier, PasswordHash, User},
};
use thiserror::Error;

use super::StoreError;

/// Users and what they sign in with.
///
/// - Addresses and usernames MUST be unique by their canonical forms, also among units that run at once: of two
///   inserts of one address, one gets [`InsertUserError::Taken`], and its unit MUST still be usable.
/// - What is read MUST equal what was written, to the microsecond and the code point.
/// - Nothing but [`find_credential`](Self::find_credential) MUST return a password hash.
#[async_trait]
pub trait UserRepository: Send {
    /// Adds a user, with the password to sign in with.
    async fn insert(&mut self, user: &User, password: &PasswordHash) -> Result<(), InsertUserError>;

    /// The user of this id.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Whoever signs in by this address or username, with the stored hash of the password.
    async fn find_credential(&mut self, identifier: &Identifier) -> Result<Option<(User, PasswordHash)>, StoreError>;

    /// The user of this id, as the last commit left it; until this unit ends, no other unit can lock or change the
    /// user. Users are locked before their sessions are.
    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Replaces everything of a locked user but id, address and password.
    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError>;

    /// Replaces the stored hash of a locked user's password. The password itself may be the same.
    async fn replace_password_hash(&mut self, id: UserId, password: &PasswordHash) -> Result<(), StoreError>;
}

/// A user was not added.
#[derive(Debug, Error)]
pub enum InsertUserError {
    /// Another user has the address or the username, or other users have both.
    #[error("taken (email: {email}, username: {username})")]
    Taken {
        /// The address is taken.
        email: bool,
        /// The username is taken.
        username: bool,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A user was not changed.
#[derive(Debug, Error)]
pub enum UpdateUserError {
    /// Another user has the username. The unit is of no more use.
    #[error("the username is taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

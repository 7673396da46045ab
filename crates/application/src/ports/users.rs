//! Users in the store.

use async_trait::async_trait;
use doorward_domain::{
    Role, Timestamp, UserId,
    profile::Profile,
    user::{CredentialVersion, Identifier, PasswordHash, User},
};
use thiserror::Error;

use super::StoreError;

/// Users and what they sign in with.
///
/// - Addresses and usernames MUST be unique by their canonical forms, also among units that run at once: of two
///   inserts of one address, one gets [`InsertUserError::Taken`], and its unit MUST still be usable.
/// - What is read MUST equal what was written, to the microsecond and the code point.
/// - Nothing but [`find_credential`](Self::find_credential), [`password_hash`](Self::password_hash) and
///   [`legacy_hashes`](Self::legacy_hashes) MUST return a password hash.
/// - To find users by a prefix or a role MUST NOT read users that do not match.
/// - What belongs to a user MUST go with the user.
#[async_trait]
pub trait UserRepository: Send {
    /// Adds a user, with the password to sign in with, if there is one yet.
    async fn insert(&mut self, user: &User, password: Option<&PasswordHash>) -> Result<(), InsertUserError>;

    /// Adds users with their profiles and passwords, many at once; says of each, in their order, whether it was added
    /// or which of its names is another's. All have different names.
    async fn insert_many(&mut self, users: &[NewUser]) -> Result<Vec<Result<(), Taken>>, StoreError>;

    /// The user of this id.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Whoever signs in by this address or username.
    async fn find_by_identifier(&mut self, identifier: &Identifier) -> Result<Option<User>, StoreError>;

    /// The same, with the stored hash of the password, if there is a password.
    async fn find_credential(
        &mut self,
        identifier: &Identifier,
    ) -> Result<Option<(User, Option<PasswordHash>)>, StoreError>;

    /// The stored hash of the user's password, if there is a password.
    async fn password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// A page of the users that match, the latest first.
    async fn list(&mut self, filter: &UserFilter, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError>;

    /// A page of the users whose password hash is not of the kind that new ones are, by id, with the version of the
    /// credential that it belongs to.
    async fn legacy_hashes(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, CredentialVersion, PasswordHash)>, StoreError>;

    /// At most `limit` users who are to go at this moment: whose address should have been proven before, or who asked
    /// for it.
    async fn due_to_go(&mut self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, StoreError>;

    /// The user of this id, as the last commit left it; until this unit ends, no other unit can lock or change the
    /// user. Users are locked before their sessions are.
    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The administrators who may sign in and have a password to do it with. Until this unit ends, no other unit is told them or can lock one of them:
    /// so a decision about the last of them is made by one at a time. They are locked before any other user is.
    async fn lock_active_admins(&mut self) -> Result<Vec<UserId>, StoreError>;

    /// Replaces everything of a locked user but the id and the password.
    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError>;

    /// Notes that a locked user has signed in; the same as an [`update`](Self::update) that changes nothing else.
    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError>;

    /// Replaces the stored hash of a locked user's password, or takes the password away. The password itself may be
    /// the same.
    async fn set_password_hash(&mut self, id: UserId, password: Option<&PasswordHash>) -> Result<(), StoreError>;

    /// Removes a locked user, with all that is the user's: credential, profiles, sessions, tokens, messages, kept
    /// answers. Entries of the audit log and invitations stay.
    async fn delete(&mut self, id: UserId) -> Result<(), StoreError>;
}

/// A user who comes with a profile and perhaps a password.
pub struct NewUser {
    /// Who.
    pub user: User,
    /// The profile of the user's role.
    pub profile: Profile,
    /// The stored hash of the password.
    pub password: Option<PasswordHash>,
}

/// Which users to list. Every filter narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Those whose address, username, first, last or full name begins with this, without regard to case.
    pub search: Option<String>,
    /// Those of this role.
    pub role: Option<Role>,
    /// Those who may sign in, or who may not, as far as an administrator decides it.
    pub active: Option<bool>,
}

/// Which names another user has, or other users have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("taken (email: {email}, username: {username})")]
pub struct Taken {
    /// The address is taken.
    pub email: bool,
    /// The username is taken.
    pub username: bool,
}

/// A user was not added.
#[derive(Debug, Error)]
pub enum InsertUserError {
    /// Another user has the address or the username, or other users have both.
    #[error(transparent)]
    Taken(#[from] Taken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A user was not changed.
#[derive(Debug, Error)]
pub enum UpdateUserError {
    /// Another user has the address or the username, or other users have both. The unit is of no more use.
    #[error(transparent)]
    Taken(#[from] Taken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

//! Profiles in the store.

use async_trait::async_trait;
use doorward_domain::{Role, Timestamp, UserId, profile::Profile};

use super::StoreError;

/// The profiles of the roles, each in a table of its own.
///
/// - What is read MUST equal what was written, and lists MUST keep their order.
/// - A profile MUST NOT be there without its user.
/// - An archived profile MUST be found by no one but [`list`](Self::list), until it is restored as it was.
#[async_trait]
pub trait ProfileRepository: Send {
    /// Adds the profile of a user that was added before.
    async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError>;

    /// The user's profile for this role.
    async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError>;

    /// Replaces the user's profile of the same role.
    async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError>;

    /// Puts the user's profile for this role away, because the user has another role now.
    async fn archive(&mut self, user_id: UserId, role: Role, at: Timestamp) -> Result<(), StoreError>;

    /// Takes the user's archived profile for this role out again, if there is one.
    async fn restore(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError>;

    /// Every profile of the user, and since when it is archived, if it is.
    async fn list(&mut self, user_id: UserId) -> Result<Vec<(Profile, Option<Timestamp>)>, StoreError>;
}

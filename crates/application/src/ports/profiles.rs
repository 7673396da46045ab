//! Profiles in the store.

use async_trait::async_trait;
use doorward_domain::{Role, UserId, profile::Profile};

use super::StoreError;

/// The profiles of the roles, each in a table of its own.
///
/// - What is read MUST equal what was written, and lists MUST keep their order.
/// - A profile MUST NOT be there without its user.
#[async_trait]
pub trait ProfileRepository: Send {
    /// Adds the profile of a user that was added before.
    async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError>;

    /// The user's profile for this role.
    async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError>;

    /// Replaces the user's profile of the same role.
    async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError>;
}

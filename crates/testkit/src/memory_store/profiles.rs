//! Profiles.

use async_trait::async_trait;
use doorward_application::ports::{ProfileRepository, StoreError};
use doorward_domain::{Role, UserId, profile::Profile};

use super::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl ProfileRepository for MemoryUnitOfWork {
    async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(user_id)?;
        match tables.profiles.insert((user_id, profile.role()), profile.clone()) {
            Some(_) => Err(StoreError::new("the user has a profile of this role")),
            None => Ok(()),
        }
    }

    async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
        Ok(self.read().profiles.get(&(user_id, role)).cloned())
    }

    async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        let known = self.write()?.profiles.get_mut(&(user_id, profile.role()));
        profile.clone_into(known.ok_or_else(|| StoreError::new("no such profile"))?);
        Ok(())
    }
}

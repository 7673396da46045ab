//! Profiles.

use async_trait::async_trait;
use doorward_application::ports::{ProfileRepository, StoreError};
use doorward_domain::{Role, Timestamp, UserId, profile::Profile, revocation::Revocation};

use super::{Tables, unit_of_work::MemoryUnitOfWork};

impl Tables {
    /// The user's profile for this role, and the place where it says whether it is archived, if it is as asked.
    fn profile(&mut self, id: (UserId, Role), archived: bool) -> Option<&mut (Profile, Option<Timestamp>)> {
        self.profiles.get_mut(&id).filter(|(_, archived_at)| archived_at.is_some() == archived)
    }

    /// Adds the profile of a user who is there.
    pub(super) fn insert_profile(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        match self.profiles.insert((user_id, profile.role()), (profile.clone(), None)) {
            Some(_) => Err(StoreError::new("the user has a profile of this role")),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl ProfileRepository for MemoryUnitOfWork {
    async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(user_id)?;
        tables.insert_profile(user_id, profile)
    }

    async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
        let found = self.read().profiles.get(&(user_id, role));
        Ok(found.filter(|(_, archived_at)| archived_at.is_none()).map(|(profile, _)| profile.clone()))
    }

    async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        self.note(Revocation::UserChanged(user_id));
        let known = self.write()?.profile((user_id, profile.role()), false).ok_or_else(nothing)?;
        profile.clone_into(&mut known.0);
        Ok(())
    }

    async fn archive(&mut self, user_id: UserId, role: Role, at: Timestamp) -> Result<(), StoreError> {
        self.note(Revocation::UserChanged(user_id));
        let known = self.write()?.profile((user_id, role), false).ok_or_else(nothing)?;
        known.1 = Some(at);
        Ok(())
    }

    async fn restore(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
        self.note(Revocation::UserChanged(user_id));
        let archived = self.write()?.profile((user_id, role), true);
        Ok(archived.map(|(profile, archived_at)| {
            *archived_at = None;
            profile.clone()
        }))
    }

    async fn list(&mut self, user_id: UserId) -> Result<Vec<(Profile, Option<Timestamp>)>, StoreError> {
        let tables = self.read();
        Ok(Role::ALL.into_iter().filter_map(|role| tables.profiles.get(&(user_id, role)).cloned()).collect())
    }
}

fn nothing() -> StoreError {
    StoreError::new("no such profile")
}

//! Users.

use async_trait::async_trait;
use doorward_application::ports::{InsertUserError, StoreError, UpdateUserError, UserRepository};
use doorward_domain::{
    UserId,
    user::{Identifier, PasswordHash, User, Username},
};

use super::{Tables, unit_of_work::MemoryUnitOfWork};

impl Tables {
    /// Whether this is the username of someone else than the user.
    fn has_taken_username(&self, user: &User) -> bool {
        let canonical = |user: &User| user.username.as_ref().map(|name| name.canonical().to_owned());
        canonical(user).is_some_and(|name| {
            self.users.values().any(|other| other.id != user.id && canonical(other).as_ref() == Some(&name))
        })
    }
}

#[async_trait]
impl UserRepository for MemoryUnitOfWork {
    async fn insert(&mut self, user: &User, password: &PasswordHash) -> Result<(), InsertUserError> {
        let tables = self.write()?;
        let email = tables.users.values().any(|other| other.email.canonical() == user.email.canonical());
        let username = tables.has_taken_username(user);
        if email || username {
            return Err(InsertUserError::Taken { email, username });
        }
        if tables.users.contains_key(&user.id) {
            return Err(StoreError::new("the user's id is taken").into());
        }
        tables.users.insert(user.id, user.clone());
        tables.password_hashes.insert(user.id, password.expose().to_owned());
        Ok(())
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.read().users.get(&id).cloned())
    }

    async fn find_credential(&mut self, identifier: &Identifier) -> Result<Option<(User, PasswordHash)>, StoreError> {
        let is_named = |user: &&User| match identifier {
            Identifier::Email(email) => user.email.canonical() == email.canonical(),
            Identifier::Username(name) => user.username.as_ref().map(Username::canonical) == Some(name.canonical()),
        };
        let tables = self.read();
        let found = tables.users.values().find(is_named);
        Ok(found.and_then(|user| {
            let hash = tables.password_hashes.get(&user.id)?;
            Some((user.clone(), PasswordHash::new(hash.clone())))
        }))
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.locked()?.users.get(&id).cloned())
    }

    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError> {
        let tables = self.write()?;
        if tables.has_taken_username(user) {
            return Err(UpdateUserError::UsernameTaken);
        }
        let known = tables.users.get_mut(&user.id).ok_or_else(|| StoreError::new("no such user"))?;
        *known = User { email: known.email.clone(), ..user.clone() };
        Ok(())
    }

    async fn replace_password_hash(&mut self, id: UserId, password: &PasswordHash) -> Result<(), StoreError> {
        let hash = self.write()?.password_hashes.get_mut(&id).ok_or_else(|| StoreError::new("no such user"))?;
        password.expose().clone_into(hash);
        Ok(())
    }
}

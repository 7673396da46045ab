//! Users.

use std::collections::BTreeSet;

use async_trait::async_trait;
use doorward_application::ports::{
    InsertUserError, NewUser, StoreError, Taken, UpdateUserError, UserFilter, UserRepository,
};
use doorward_domain::{
    Role, Timestamp, UserId,
    revocation::Revocation,
    user::{CredentialVersion, Identifier, PasswordHash, User, Username},
};
use unicode_normalization::UnicodeNormalization as _;

use super::{Tables, unit_of_work::MemoryUnitOfWork};

impl Tables {
    /// Which of the user's names are those of others.
    fn taken(&self, user: &User) -> Option<Taken> {
        let username = |user: &User| user.username.as_ref().map(|name| name.canonical().to_owned());
        let others = || self.users.values().filter(|other| other.id != user.id);
        let taken = Taken {
            email: others().any(|other| other.email.canonical() == user.email.canonical()),
            username: username(user).is_some_and(|name| others().any(|other| username(other).as_ref() == Some(&name))),
        };
        (taken.email || taken.username).then_some(taken)
    }

    fn insert_user(&mut self, user: &User, password: Option<&PasswordHash>) -> Result<(), InsertUserError> {
        if let Some(taken) = self.taken(user) {
            return Err(taken.into());
        }
        if self.users.contains_key(&user.id) {
            return Err(StoreError::new("the user's id is taken").into());
        }
        self.users.insert(user.id, user.clone());
        self.set_password_hash(user.id, password);
        Ok(())
    }

    fn set_password_hash(&mut self, id: UserId, password: Option<&PasswordHash>) {
        match password {
            Some(password) => self.password_hashes.insert(id, password.expose().to_owned()),
            None => self.password_hashes.remove(&id),
        };
    }

    fn password_hash(&self, id: UserId) -> Option<PasswordHash> {
        self.password_hashes.get(&id).cloned().map(PasswordHash::new)
    }

    fn find_named(&self, identifier: &Identifier) -> Option<&User> {
        self.users.values().find(|user| match identifier {
            Identifier::Email(email) => user.email.canonical() == email.canonical(),
            Identifier::Username(name) => user.username.as_ref().map(Username::canonical) == Some(name.canonical()),
        })
    }
}

#[async_trait]
impl UserRepository for MemoryUnitOfWork {
    async fn insert(&mut self, user: &User, password: Option<&PasswordHash>) -> Result<(), InsertUserError> {
        self.write()?.insert_user(user, password)
    }

    async fn insert_many(&mut self, users: &[NewUser]) -> Result<Vec<Result<(), Taken>>, StoreError> {
        let tables = self.write()?;
        let mut insert =
            |NewUser { user, profile, password }: &NewUser| match tables.insert_user(user, password.as_ref()) {
                Ok(()) => tables.insert_profile(user.id, profile).map(Ok),
                Err(InsertUserError::Taken(taken)) => Ok(Err(taken)),
                Err(InsertUserError::Store(error)) => Err(error),
            };
        users.iter().map(&mut insert).collect()
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.read().users.get(&id).cloned())
    }

    async fn find_by_identifier(&mut self, identifier: &Identifier) -> Result<Option<User>, StoreError> {
        Ok(self.read().find_named(identifier).cloned())
    }

    async fn find_credential(
        &mut self,
        identifier: &Identifier,
    ) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        let tables = self.read();
        Ok(tables.find_named(identifier).map(|user| (user.clone(), tables.password_hash(user.id))))
    }

    async fn password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError> {
        Ok(self.read().password_hash(id))
    }

    async fn list(&mut self, filter: &UserFilter, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        let UserFilter { search, role, active } = filter;
        let search = search.as_deref().map(fold);
        let is_meant = |user: &&User| {
            search.as_ref().is_none_or(|search| names(user).iter().any(|name| name.starts_with(search)))
                && role.is_none_or(|role| user.role == role)
                && active.is_none_or(|active| user.status.is_active() == active)
                && after.is_none_or(|after| user.id < after)
        };
        let latest = self.read().users.values().rev().filter(is_meant);
        Ok(latest.take(at_most(limit)).cloned().collect())
    }

    async fn legacy_hashes(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, CredentialVersion, PasswordHash)>, StoreError> {
        let tables = self.read();
        let is_legacy = |hash: &str| !hash.starts_with("$argon2id");
        let legacy = tables.password_hashes.iter().filter(|(id, hash)| Some(**id) > after && is_legacy(hash));
        let with_version =
            legacy.filter_map(|(id, hash)| Some((*id, tables.users.get(id)?.credential_version, hash.clone())));
        Ok(with_version
            .take(at_most(limit))
            .map(|(id, version, hash)| (id, version, PasswordHash::new(hash)))
            .collect())
    }

    async fn due_to_go(&mut self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, StoreError> {
        let is_due = |user: &&User| [user.proof_due_at, user.deletes_at].into_iter().flatten().any(|due| due <= now);
        Ok(self.read().users.values().filter(is_due).map(|user| user.id).take(at_most(limit)).collect())
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = self.locked()?.users.get(&id).cloned();
        self.note(Revocation::Reread(id));
        Ok(found)
    }

    async fn lock_active_admins(&mut self) -> Result<Vec<UserId>, StoreError> {
        let tables = self.locked()?;
        let has_password = |user: &&User| tables.password_hashes.contains_key(&user.id);
        let admins = tables.users.values().filter(|user| user.role == Role::Admin && user.may_sign_in());
        Ok(admins.filter(has_password).map(|user| user.id).collect())
    }

    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError> {
        let tables = self.write()?;
        if let Some(taken) = tables.taken(user) {
            return Err(taken.into());
        }
        let before = tables.users.insert(user.id, user.clone()).ok_or_else(|| StoreError::new("no such user"))?;
        self.note(if before.epoch == user.epoch {
            Revocation::UserChanged(user.id)
        } else {
            Revocation::AccessChanged { user_id: user.id, epoch: user.epoch }
        });
        Ok(())
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let known = self.write()?.users.get_mut(&id).ok_or_else(|| StoreError::new("no such user"))?;
        known.last_login_at = Some(at);
        self.note(Revocation::Reread(id));
        Ok(())
    }

    async fn set_password_hash(&mut self, id: UserId, password: Option<&PasswordHash>) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(id)?;
        tables.set_password_hash(id, password);
        Ok(())
    }

    async fn delete(&mut self, id: UserId) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.expect_user(id)?;
        let last = tables.users.remove(&id).map_or(0, |user| user.epoch);
        tables.password_hashes.remove(&id);
        tables.profiles.retain(|(user_id, _), _| *user_id != id);
        tables.sessions.retain(|_, session| session.user_id != id);
        tables.one_time_tokens.retain(|_, token| token.user_id != id);
        tables.delete_messages_of(id);
        tables.delete_answers_of(id);
        self.note(Revocation::AccessChanged { user_id: id, epoch: last.saturating_add(1) });
        Ok(())
    }
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// What the user is found by.
fn names(user: &User) -> BTreeSet<String> {
    let name = &user.name;
    let names = [user.email.typed(), user.email.canonical(), name.first().as_str(), name.last().as_str(), &name.full()];
    names.into_iter().chain(user.username.as_ref().map(Username::canonical)).map(fold).collect()
}

/// Letters without their case.
fn fold(text: &str) -> String {
    let upper: String = text.nfc().flat_map(char::to_uppercase).collect();
    upper.chars().flat_map(char::to_lowercase).nfc().collect()
}

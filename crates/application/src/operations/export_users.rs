//! Users who are handed over.

use doorward_domain::{
    UserId,
    profile::Profile,
    user::{PasswordHash, User},
};

use crate::{
    Fault, Ports,
    ports::{Access, UserFilter},
};

/// Hands users over, page by page, as [`ImportUsers`](super::ImportUsers) takes them. It has no actor: whoever can run
/// the binary on the database is trusted already.
pub struct ExportUsers {
    ports: Ports,
}

/// A user with what belongs to the account.
pub struct ExportedUser {
    /// Who.
    pub user: User,
    /// The profile of the user's role.
    pub profile: Profile,
    /// The stored hash of the password, if it was asked for and there is one.
    pub password: Option<PasswordHash>,
}

/// Some of the users.
pub struct UserPage {
    /// The users; there may be none on a page that is not the last.
    pub users: Vec<ExportedUser>,
    /// After whom the next page begins, if there is one.
    pub next: Option<UserId>,
}

impl ExportUsers {
    /// How many users a page has at the most.
    pub const PAGE: u32 = 500;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The users who follow this one, or the first ones, the latest first. Those who asked for their account to be
    /// deleted are left out: nobody else is to be given it.
    pub async fn page(&self, after: Option<UserId>, with_hashes: bool) -> Result<UserPage, Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let found = unit.users().list(&UserFilter::default(), after, Self::PAGE).await?;
        let next = found.last().filter(|_| found.len() == Self::PAGE as usize).map(|last| last.id);
        let mut users = Vec::with_capacity(found.len());
        for user in found.into_iter().filter(|user| user.deletes_at.is_none()) {
            // Whoever is gone or has another role since the page was read is as good as not on it.
            let Some(profile) = unit.profiles().find(user.id, user.role).await? else { continue };
            let password = if with_hashes { unit.users().password_hash(user.id).await? } else { None };
            users.push(ExportedUser { user, profile, password });
        }
        Ok(UserPage { users, next })
    }
}

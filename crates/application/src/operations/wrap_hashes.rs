//! Hashes of imported passwords, made as hard to guess as new ones.

use doorward_domain::{
    UserId,
    user::{CredentialVersion, PasswordHash},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{Fault, Ports, ports::Access};

/// Puts a hash of now over every stored hash of another kind, so that nobody has to sign in before a stolen database is
/// worth as little as one of today. Passwords stay what they are. It has no actor: whoever can run the binary on the
/// database is trusted already.
///
/// It may be stopped at any time and done again, and users may sign in meanwhile.
pub struct WrapHashes {
    ports: Ports,
}

/// What was done with some of the hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrappedPage {
    /// How many were wrapped, or would be.
    pub wrapped: u64,
    /// How many cannot be: no password could ever match them. Their users choose a new one by mail.
    pub unusable: u64,
    /// After whom the next page begins, if there is one.
    pub next: Option<UserId>,
}

impl WrapHashes {
    /// How many hashes a page has at the most.
    pub const PAGE: u32 = 200;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Wraps the hashes that follow this user's, or the first ones, so many at once as there are to be.
    pub async fn execute(&self, after: Option<UserId>, at_once: usize) -> Result<WrappedPage, Fault> {
        let (found, next) = self.find(after).await?;
        let usable: Vec<_> = found.iter().filter(|(.., hash)| self.is_usable(hash)).collect();
        let unusable = (found.len() - usable.len()) as u64;
        let wrapped = stream::iter(usable.into_iter().map(|(id, version, hash)| self.wrap(*id, *version, hash)))
            .buffer_unordered(at_once.max(1))
            .try_fold(0, async |count, wrapped| Ok(count + u64::from(wrapped)))
            .await?;
        Ok(WrappedPage { wrapped, unusable, next })
    }

    /// What [`execute`](Self::execute) would do; nothing is hashed or written.
    pub async fn foresee(&self, after: Option<UserId>) -> Result<WrappedPage, Fault> {
        let (found, next) = self.find(after).await?;
        let usable = found.iter().filter(|(.., hash)| self.is_usable(hash)).count();
        Ok(WrappedPage { wrapped: usable as u64, unusable: (found.len() - usable) as u64, next })
    }

    async fn find(
        &self,
        after: Option<UserId>,
    ) -> Result<(Vec<(UserId, CredentialVersion, PasswordHash)>, Option<UserId>), Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let found = unit.users().legacy_hashes(after, Self::PAGE).await?;
        let next = found.last().filter(|_| found.len() == Self::PAGE as usize).map(|(id, ..)| *id);
        Ok((found, next))
    }

    fn is_usable(&self, hash: &PasswordHash) -> bool {
        self.ports.hasher.recognise(hash).is_ok()
    }

    /// Wraps a user's hash, unless it is another one by the time that is done.
    async fn wrap(&self, id: UserId, version: CredentialVersion, hash: &PasswordHash) -> Result<bool, Fault> {
        let Some(wrapped) = self.ports.hasher.wrap(hash).await? else { return Ok(false) };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let user = unit.users().lock(id).await?;
        let stored = unit.users().password_hash(id).await?;
        let is_same = user.is_some_and(|user| user.credential_version == version)
            && stored.is_some_and(|stored| stored.expose() == hash.expose());
        if is_same {
            // Not a change of the password: sessions that are being opened with it are opened.
            unit.users().set_password_hash(id, Some(&wrapped)).await?;
            unit.commit().await?;
        }
        Ok(is_same)
    }
}

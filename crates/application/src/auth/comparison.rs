//! The part of a sign-in that takes long: a password is compared with what is stored.

use doorward_domain::{
    UserId,
    user::{Identifier, Password, PasswordHash, User},
};

use crate::{
    Fault, Ports,
    ports::{Access, HashError, Verdict},
};

/// How a password compares.
pub(super) enum Compared {
    /// It was right, for this version of the user's credentials.
    Right { user: Box<User>, rehashed: Option<PasswordHash> },
    /// It was not this user's, or there is no such user.
    Wrong(Option<UserId>),
}

/// Compares passwords, outside of any writing unit.
pub(super) struct Comparison {
    ports: Ports,
}

impl Comparison {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Finds whoever is called so, and the hash of their password.
    pub(super) async fn find(
        &self,
        identifier: Option<&Identifier>,
    ) -> Result<Option<(User, Option<PasswordHash>)>, Fault> {
        Ok(match identifier {
            Some(identifier) => self.ports.store.begin(Access::Read).await?.users().find_credential(identifier).await?,
            None => None,
        })
    }

    /// Compares the password with what is stored. Where nothing is stored, the same work is done for nothing.
    pub(super) async fn compare(
        &self,
        found: Option<(User, Option<PasswordHash>)>,
        password: &Password,
    ) -> Result<Compared, Fault> {
        let Some((user, Some(stored))) = found else {
            self.ports.hasher.verify_nobody(password).await?;
            return Ok(Compared::Wrong(found.map(|(user, _)| user.id)));
        };
        Ok(match self.ports.hasher.verify(password, &stored).await? {
            Verdict::Mismatch => Compared::Wrong(Some(user.id)),
            Verdict::Match { rehash: false } => Compared::Right { user: Box::new(user), rehashed: None },
            Verdict::Match { rehash: true } => match self.ports.hasher.hash(password).await {
                Ok(hash) => Compared::Right { user: Box::new(user), rehashed: Some(hash) },
                // The password was right; the better hash can wait for a quieter sign-in.
                Err(HashError::Overloaded) => Compared::Right { user: Box::new(user), rehashed: None },
                Err(cause) => return Err(cause.into()),
            },
        })
    }
}

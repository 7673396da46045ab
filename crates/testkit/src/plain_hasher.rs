//! A password hasher that costs nothing.

use std::{
    future,
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{HashError, PasswordHasher, Verdict};
use doorward_domain::{
    Digest,
    user::{Password, PasswordHash},
};
use tokio::sync::Semaphore;

/// "Hashes" with one SHA-256 over a counted salt: as good as a real hasher for whoever only looks at the answers,
/// and no protection at all.
#[derive(Debug)]
pub struct PlainHasher {
    strength: u32,
    salts: AtomicU64,
    room: Semaphore,
}

impl Default for PlainHasher {
    fn default() -> Self {
        Self::of_strength(1)
    }
}

impl PlainHasher {
    /// How many hashes it takes on at once.
    pub const ROOM: usize = 1_000;

    /// A hasher that wants hashes of less strength replaced.
    #[must_use]
    pub const fn of_strength(strength: u32) -> Self {
        Self { strength, salts: AtomicU64::new(0), room: Semaphore::const_new(Self::ROOM) }
    }

    /// A hasher that is always overloaded.
    #[must_use]
    pub const fn overloaded() -> Self {
        Self { strength: 1, salts: AtomicU64::new(0), room: Semaphore::const_new(0) }
    }

    /// Lets others run while it "hashes", as a real one does.
    async fn work(&self) -> Result<(), HashError> {
        let _place = self.room.try_acquire().map_err(|_| HashError::Overloaded)?;
        let mut rested = false;
        future::poll_fn(|context| {
            if rested {
                return Poll::Ready(Ok(()));
            }
            rested = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }
}

#[async_trait]
impl PasswordHasher for PlainHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.work().await?;
        let salt = self.salts.fetch_add(1, Ordering::Relaxed);
        Ok(PasswordHash::new(digest(self.strength, salt, password)))
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        self.work().await?;
        let of_it = |strength, salt| (digest(strength, salt, password) == stored.expose()).then_some(strength);
        let strength = parameters(stored.expose()).and_then(|(strength, salt)| of_it(strength, salt));
        Ok(strength.map_or(Verdict::Mismatch, |strength| Verdict::Match { rehash: strength < self.strength }))
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        let nobody = PasswordHash::new(format!("$plain${}$0$nobody", self.strength));
        self.verify(password, &nobody).await.map(|_| ())
    }
}

fn digest(strength: u32, salt: u64, password: &Password) -> String {
    let digest = Digest::of(format!("{salt}${}", password.expose()).as_bytes());
    format!("$plain${strength}${salt}${}", URL_SAFE_NO_PAD.encode(digest.as_bytes()))
}

/// The strength and the salt of a hash.
fn parameters(stored: &str) -> Option<(u32, u64)> {
    let mut fields = stored.strip_prefix("$plain$")?.split('$');
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::PlainHasher;
    use crate::contract::password_hasher::Subject;

    crate::password_hasher_contract!(Subject {
        hasher: Box::new(PlainHasher::of_strength(2)),
        weaker: Box::new(PlainHasher::of_strength(1)),
        crowd: PlainHasher::ROOM + 1,
    });
}

//! A password hasher that costs nothing.

use std::{
    future,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{HashError, PasswordHasher, UnusableHash, Verdict};
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

    /// A hash of another kind, such as a user has who was moved in from elsewhere.
    #[must_use]
    pub fn older(password: &Password) -> PasswordHash {
        PasswordHash::new(format!("$older$0${}", digest(0, password.expose())))
    }

    /// What is stored of a password, or of what an older hash made of it.
    fn hashed(&self, secret: &str, over: Option<u64>) -> PasswordHash {
        let salt = self.salts.fetch_add(1, Ordering::Relaxed);
        let over = over.map_or_else(String::new, |salt| format!("$over${salt}"));
        PasswordHash::new(format!("$argon2id-plain${}${salt}{over}${}", self.strength, digest(salt, secret)))
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
        Ok(self.hashed(password.expose(), None))
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        self.work().await?;
        let Ok(stored) = Stored::read(stored.expose()) else { return Ok(Verdict::Mismatch) };
        let rehash = stored.older.is_some() || stored.plain.is_none_or(|(strength, _)| strength < self.strength);
        Ok(if stored.is_of(password) { Verdict::Match { rehash } } else { Verdict::Mismatch })
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        let nobody = PasswordHash::new(format!("$argon2id-plain${}$0$nobody", self.strength));
        self.verify(password, &nobody).await.map(|_| ())
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        Stored::read(stored.expose()).map(|_| ())
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        self.work().await?;
        Ok(match Stored::read(stored.expose()) {
            Ok(Stored { older: Some(salt), plain: None, digest }) => Some(self.hashed(digest, Some(salt))),
            _ => None,
        })
    }
}

/// What a text says. Where it has both, the older hash was wrapped: the other is over it.
struct Stored<'a> {
    older: Option<u64>,
    plain: Option<(u32, u64)>,
    digest: &'a str,
}

impl<'a> Stored<'a> {
    fn read(stored: &'a str) -> Result<Self, UnusableHash> {
        let fields: Vec<_> = stored.split('$').collect();
        let (older, plain, digest) = match fields[..] {
            ["", "argon2id-plain", strength, salt, digest] => (None, Some((strength, salt)), digest),
            ["", "argon2id-plain", strength, salt, "over", older, digest] => {
                (Some(older), Some((strength, salt)), digest)
            }
            ["", "older", older, digest] => (Some(older), None, digest),
            ["", "argon2id-plain" | "older", ..] => return Err(UnusableHash::Malformed),
            _ => return Err(UnusableHash::UnknownKind),
        };
        let older = older.map(number).transpose()?;
        let plain = plain.map(|(strength, salt)| Ok((number(strength)?, number(salt)?))).transpose()?;
        let is_digest =
            URL_SAFE_NO_PAD.decode(digest).is_ok_and(|bytes| bytes.len() == Digest::of(b"").as_bytes().len());
        if is_digest { Ok(Self { older, plain, digest }) } else { Err(UnusableHash::Malformed) }
    }

    fn is_of(&self, password: &Password) -> bool {
        let mut made = password.expose().to_owned();
        for salt in self.older.into_iter().chain(self.plain.map(|(_, salt)| salt)) {
            made = digest(salt, &made);
        }
        made == self.digest
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, UnusableHash> {
    text.parse().map_err(|_| UnusableHash::Malformed)
}

fn digest(salt: u64, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Digest::of(format!("{salt}${secret}").as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use doorward_domain::user::Password;

    use super::PlainHasher;
    use crate::contract::password_hasher::{PASSWORD, Subject};

    crate::password_hasher_contract!(Subject {
        hasher: Box::new(PlainHasher::of_strength(2)),
        weaker: Box::new(PlainHasher::of_strength(1)),
        imported: vec![PlainHasher::older(&Password::parse(PASSWORD).unwrap())],
        crowd: PlainHasher::ROOM + 1,
    });
}

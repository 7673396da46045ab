//! The adapter of the `PasswordHasher` port.

use std::{io, thread, time::Duration};

use async_trait::async_trait;
use doorward_application::ports::{HashError, PasswordHasher, UnusableHash, Verdict};
use doorward_domain::{
    Secret,
    user::{Password, PasswordHash},
};
use prometheus_client::registry::Registry;
use thiserror::Error;

use super::{
    argon2::{Argon2id, Memory},
    stored::{recognise, verify, wrap},
    threads::HashingThreads,
};

/// What a hash costs, and how many are made at once.
#[derive(Clone, Copy, Debug)]
pub struct HashingOptions {
    /// Memory, in KiB: at least 8 for each lane, at most 256 MiB.
    pub memory_kib: u32,
    /// Passes over the memory: 1 to 20.
    pub iterations: u32,
    /// Lanes: 1 to 16. They are computed one after the other.
    pub parallelism: u32,
    /// How many hashes are made at once; 0 means one a core.
    pub threads: usize,
}

/// The hasher cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The parameters are none that Argon2 can have, or more than a hash may cost.
    #[error("the Argon2 parameters are not usable: {0}")]
    Parameters(String),
    /// The system gave no thread.
    #[error("no hashing thread could be started: {0}")]
    Threads(#[from] io::Error),
}

/// Hashes passwords with Argon2id on threads of its own, and verifies the hashes of other kinds that were imported.
///
/// What would wait longer than two seconds is [`HashError::Overloaded`] at once; what nobody waits for any more is
/// not hashed. Memory is the threads' times `memory_kib`, whatever the clients do, and is given back after some
/// seconds without work.
///
/// A verification takes as long as its stored hash asks for. An imported hash takes another time than ours, so until
/// its user's first sign-in it can be told from an unknown user by that.
pub struct HashingPool {
    argon2id: Argon2id,
    nobody: PasswordHash,
    threads: HashingThreads<Memory>,
}

impl HashingPool {
    /// What a pass over a KiB takes at first, until it is measured.
    const NANOS_PER_KIB: u64 = 400;

    /// How long a thread keeps its memory without work.
    const IDLE: Duration = Duration::from_secs(10);

    /// Starts the threads.
    pub fn start(options: HashingOptions) -> Result<Self, StartError> {
        let HashingOptions { memory_kib, iterations, parallelism, threads } = options;
        let argon2id = Argon2id::new(memory_kib, iterations, parallelism).map_err(StartError::Parameters)?;
        let nobody = argon2id.nobody().map(PasswordHash::new).map_err(StartError::Parameters)?;
        let expected = Duration::from_nanos(u64::from(memory_kib) * u64::from(iterations) * Self::NANOS_PER_KIB);
        let threads = if threads == 0 { thread::available_parallelism()?.get() } else { threads };
        Ok(Self { argon2id, nobody, threads: HashingThreads::start(threads, expected, Self::IDLE)? })
    }

    /// Has published how many passwords wait and are at work, and how long each takes.
    pub fn register(&self, registry: &mut Registry) {
        self.threads.metrics.register(registry);
    }
}

#[async_trait]
impl PasswordHasher for HashingPool {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let (argon2id, password) = (self.argon2id.clone(), Secret::from(password.expose()));
        let hash = self.threads.run(move |memory| argon2id.hash(password.expose().as_bytes(), memory)).await?;
        hash.map(PasswordHash::new).map_err(HashError::Failed)
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        let (password, stored) = (Secret::from(password.expose()), Secret::from(stored.expose()));
        let argon2id = self.argon2id.clone();
        self.threads.run(move |memory| verify(&argon2id, password.expose(), stored.expose(), memory)).await
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.verify(password, &self.nobody).await.map(|_| ())
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        recognise(stored.expose())
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        let (argon2id, stored) = (self.argon2id.clone(), Secret::from(stored.expose()));
        let wrapped = self.threads.run(move |memory| wrap(&argon2id, stored.expose(), memory)).await?;
        wrapped.map(|wrapped| wrapped.map(PasswordHash::new)).map_err(HashError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{PasswordHasher as _, Verdict};
    use doorward_domain::user::{Password, PasswordHash};

    use super::{HashingOptions, HashingPool};
    use crate::password::argon2::{self, Memory};

    const OPTIONS: HashingOptions = HashingOptions { memory_kib: 64, iterations: 3, parallelism: 2, threads: 1 };

    /// The blocks that the pool's one thread has written.
    async fn written(pool: &HashingPool) -> usize {
        pool.threads.run(|memory| memory.written_blocks()).await.unwrap()
    }

    #[tokio::test]
    async fn nobody_costs_neither_more_nor_less_than_a_wrong_password() {
        let [asked_for_nobody, asked_for_one] = [(); 2].map(|()| HashingPool::start(OPTIONS).unwrap());
        let password = Password::parse("wrong horse").unwrap();
        let stored = asked_for_one.argon2id.hash(b"correct horse", &mut Memory::default()).unwrap();

        // It asks for the same work as a hash that is made now,
        let [nobody, one] = [asked_for_nobody.nobody.expose(), &stored].map(|text| argon2::read(text).unwrap());
        assert!(nobody.costs_the_same_as(&one));
        // and the work is done, in all of the memory.
        asked_for_nobody.verify_nobody(&password).await.unwrap();
        let verdict = asked_for_one.verify(&password, &PasswordHash::new(stored)).await.unwrap();
        assert_eq!(verdict, Verdict::Mismatch);
        assert_eq!([written(&asked_for_nobody).await, written(&asked_for_one).await], [64, 64]);
    }
}

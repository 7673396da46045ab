//! Argon2id (RFC 9106), stored as PHC strings: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use aws_lc_rs::{constant_time, rand};
use doorward_application::ports::Verdict;
use zeroize::Zeroize;

/// Argon2id with the parameters of this deployment.
#[derive(Clone)]
pub(super) struct Argon2id {
    params: Params,
}

/// The memory that one thread hashes in, kept from one hash to the next: to get it anew costs thousands of page
/// faults.
///
/// It is not wiped in between: the next hash overwrites it. It is when it is dropped.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A stored hash that asks for no more than it may.
pub(super) struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Argon2id {
    const SALT_LEN: usize = 16;
    const OUTPUT_LEN: usize = 32;

    /// Argon2id with these parameters. The error says what is wrong with them.
    pub(super) fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, String> {
        let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|cause| cause.to_string())?;
        if is_affordable(&params) { Ok(Self { params }) } else { Err("they ask for more than a hash may".to_owned()) }
    }

    /// The PHC string of a password, under a new random salt.
    pub(super) fn hash(&self, password: &str, memory: &mut Memory) -> Result<String, String> {
        let (mut salt, mut output) = ([0; Self::SALT_LEN], [0; Self::OUTPUT_LEN]);
        rand::fill(&mut salt).map_err(|_| "no random salt".to_owned())?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.derive(&argon2, password, &salt, &mut output, memory).map_err(|cause| cause.to_string())?;
        self.phc(&salt, &output)
    }

    /// A string that looks like a hash of these parameters and that no password has.
    pub(super) fn nobody(&self) -> Result<String, String> {
        let (mut salt, mut output) = ([0; Self::SALT_LEN], [0; Self::OUTPUT_LEN]);
        rand::fill(&mut salt).and_then(|()| rand::fill(&mut output)).map_err(|_| "no randomness".to_owned())?;
        self.phc(&salt, &output)
    }

    /// Compares a password with a stored hash.
    pub(super) fn verify(&self, password: &str, stored: &Stored, memory: &mut Memory) -> Verdict {
        let argon2 = Argon2::new(stored.algorithm, stored.version, stored.params.clone());
        let mut output = [0; Output::MAX_LENGTH];
        let output = &mut output[..stored.output.len()];
        let derived = self.derive(&argon2, password, &stored.salt, output, memory);
        if derived.is_ok() && constant_time::verify_slices_are_equal(output, stored.output.as_bytes()).is_ok() {
            Verdict::Match { rehash: self.is_stronger_than(stored) }
        } else {
            Verdict::Mismatch
        }
    }

    /// Whether a hash of these parameters should take the place of that one: it is weaker in something, or another
    /// function.
    fn is_stronger_than(&self, stored: &Stored) -> bool {
        stored.algorithm != Algorithm::Argon2id
            || stored.version != Version::V0x13
            || stored.params.m_cost() < self.params.m_cost()
            || stored.params.t_cost() < self.params.t_cost()
            || stored.params.p_cost() != self.params.p_cost()
            || stored.salt.len() < Self::SALT_LEN
            || stored.output.len() < Self::OUTPUT_LEN
    }

    fn derive(
        &self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        output: &mut [u8],
        memory: &mut Memory,
    ) -> argon2::Result<()> {
        let blocks = &mut memory.0;
        let (kept, needed) = (self.params.block_count(), argon2.params().block_count());
        blocks.resize(needed.max(kept), Block::new());
        let result = argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut blocks[..needed]);
        // A stored hash may need more than ours do; that much is not kept.
        blocks.truncate(kept);
        blocks.shrink_to_fit();
        result
    }

    fn phc(&self, salt: &[u8], output: &[u8]) -> Result<String, String> {
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|cause| cause.to_string())?,
            salt: Some(Salt::new(salt).map_err(|cause| cause.to_string())?),
            hash: Some(Output::new(output).map_err(|cause| cause.to_string())?),
        };
        Ok(hash.to_string())
    }
}

impl Stored {
    /// Reads a PHC string of any Argon2.
    pub(super) fn parse(stored: &str) -> Option<Self> {
        let hash = PasswordHash::new(stored).ok()?;
        let params = Params::try_from(&hash).ok().filter(is_affordable)?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        // The first version did not write its number.
        let version = hash.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
        Some(Self { algorithm, version, params, salt: hash.salt?, output: hash.hash? })
    }
}

/// Whether a hash with these parameters may be computed: 256 MiB and some seconds at the most. Whoever can write one
/// row of the database must not be able to stop the server with it.
fn is_affordable(params: &Params) -> bool {
    params.m_cost() <= 256 * 1024 && params.t_cost() <= 20 && params.p_cost() <= 16
}

#[cfg(test)]
impl Memory {
    /// How many blocks a hash has left something in.
    pub(super) fn written_blocks(&self) -> usize {
        self.0.iter().filter(|block| block.as_ref().iter().any(|word| *word != 0)).count()
    }
}

#[cfg(test)]
impl Stored {
    /// Whether a comparison with either is the same work.
    pub(super) fn costs_the_same_as(&self, other: &Self) -> bool {
        let cost = |of: &Self| (of.algorithm, of.version, of.params.clone(), of.salt.len(), of.output.len());
        cost(self) == cost(other)
    }
}

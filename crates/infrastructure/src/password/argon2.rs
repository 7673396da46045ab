//! Argon2 (RFC 9106), stored as PHC strings: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. New hashes are Argon2id.

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use aws_lc_rs::rand;
use doorward_application::ports::UnusableHash;
use zeroize::Zeroize;

use super::stored::{self, Fields};

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

impl Memory {
    fn of(&mut self, blocks: usize) -> &mut [Block] {
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        &mut self.0[..blocks]
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// How an Argon2 hash was made: its parameters, which ask for no more than they may, and its salt.
#[derive(Clone)]
pub(super) struct Recipe {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
}

impl Argon2id {
    const SALT_LEN: usize = 16;
    const OUTPUT_LEN: usize = 32;

    /// Argon2id with these parameters. The error says what is wrong with them.
    pub(super) fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, String> {
        let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|cause| cause.to_string())?;
        if is_affordable(&params) { Ok(Self { params }) } else { Err("they ask for more than a hash may".to_owned()) }
    }

    /// The PHC string of a password, or of another hash of one, under a new random salt.
    pub(super) fn hash(&self, secret: &[u8], memory: &mut Memory) -> Result<String, String> {
        let (recipe, mut output) = (self.recipe()?, [0; Self::OUTPUT_LEN]);
        recipe.derive_into(secret, &mut output, memory).map_err(|cause| cause.to_string())?;
        recipe.phc(&output)
    }

    /// A string that looks like a hash of these parameters and that no password has.
    pub(super) fn nobody(&self) -> Result<String, String> {
        let mut output = [0; Self::OUTPUT_LEN];
        rand::fill(&mut output).map_err(|_| "no randomness".to_owned())?;
        self.recipe()?.phc(&output)
    }

    /// Whether a hash of these parameters should take the place of one that was made so: it is weaker in something, or
    /// another function.
    pub(super) fn is_stronger_than(&self, stored: &Recipe, output_len: usize) -> bool {
        !stored.is_argon2id()
            || stored.version != Version::V0x13
            || stored.params.m_cost() < self.params.m_cost()
            || stored.params.t_cost() < self.params.t_cost()
            || stored.params.p_cost() != self.params.p_cost()
            || stored.salt.len() < Self::SALT_LEN
            || output_len < Self::OUTPUT_LEN
    }

    /// Gives back what a stored hash needed and ours do not.
    pub(super) fn trim(&self, memory: &mut Memory) {
        memory.0.truncate(self.params.block_count());
        memory.0.shrink_to_fit();
    }

    fn recipe(&self) -> Result<Recipe, String> {
        let mut salt = [0; Self::SALT_LEN];
        rand::fill(&mut salt).map_err(|_| "no random salt".to_owned())?;
        let salt = Salt::new(&salt).map_err(|cause| cause.to_string())?;
        Ok(Recipe { algorithm: Algorithm::Argon2id, version: Version::V0x13, params: self.params.clone(), salt })
    }
}

impl Recipe {
    pub(super) fn is_argon2id(&self) -> bool {
        self.algorithm == Algorithm::Argon2id
    }

    /// Fills the output; `false` if that cannot be.
    pub(super) fn derive(&self, secret: &[u8], output: &mut [u8], memory: &mut Memory) -> bool {
        self.derive_into(secret, output, memory).is_ok()
    }

    fn derive_into(&self, secret: &[u8], output: &mut [u8], memory: &mut Memory) -> argon2::Result<()> {
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let blocks = memory.of(argon2.params().block_count());
        argon2.hash_password_into_with_memory(secret, &self.salt, output, blocks)
    }

    fn phc(&self, output: &[u8]) -> Result<String, String> {
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|cause| cause.to_string())?,
            salt: Some(self.salt),
            hash: Some(Output::new(output).map_err(|cause| cause.to_string())?),
        };
        Ok(hash.to_string())
    }
}

/// Reads a PHC string of any Argon2.
pub(super) fn read(text: &str) -> Result<Fields, UnusableHash> {
    let hash = PasswordHash::new(text).map_err(|_| UnusableHash::Malformed)?;
    let params = Params::try_from(&hash).map_err(|_| UnusableHash::Malformed)?;
    if !is_affordable(&params) {
        return Err(UnusableHash::OutOfBounds);
    }
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| UnusableHash::UnknownKind)?;
    // The first version did not write its number.
    let version = hash.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(|_| UnusableHash::Malformed)?;
    let salt = hash.salt.ok_or(UnusableHash::Malformed)?;
    let recipe = stored::Recipe::Argon2(Recipe { algorithm, version, params, salt });
    Ok(Fields { recipe, digest: hash.hash.map(|output| output.as_bytes().to_vec()) })
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
impl Fields {
    /// Whether a comparison with either is the same work.
    pub(super) fn costs_the_same_as(&self, other: &Self) -> bool {
        let cost = |of: &Self| match &of.recipe {
            stored::Recipe::Argon2(recipe) => {
                let Recipe { algorithm, version, params, salt } = recipe.clone();
                (algorithm, version, params, salt.len(), of.digest.as_ref().map(Vec::len))
            }
            _ => panic!("it is no Argon2"),
        };
        cost(self) == cost(other)
    }
}

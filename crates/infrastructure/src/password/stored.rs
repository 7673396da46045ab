//! What is stored of a password: of which kind it is, and how it is compared.
//!
//! A hash of an imported kind may be wrapped: Argon2id over it, in its place. Then the text is
//!
//! ```text
//! $argon2id-over:<length>:<the inner hash up to its own digest><the PHC string of Argon2id over that digest>
//! $argon2id-over:32:$scrypt$ln=15,r=8,p=1$<salt>$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>
//! $argon2id-over:23:$2b$10$<salt>$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>
//! ```
//!
//! where the length is the inner digest's, in bytes. The digest itself is not kept: whoever guesses has to do the work
//! of both.

use aws_lc_rs::constant_time;
use doorward_application::ports::{UnusableHash, Verdict};
use zeroize::Zeroizing;

use super::{
    argon2::{self, Argon2id, Memory},
    bcrypt, pbkdf2, scrypt,
};

type Read = fn(&str) -> Result<Fields, UnusableHash>;

/// Every kind that can be verified: how its texts begin, and what reads them.
const KINDS: [(&str, Read); 10] = [
    ("$argon2id$", argon2::read),
    ("$argon2i$", argon2::read),
    ("$argon2d$", argon2::read),
    ("$2a$", bcrypt::read),
    ("$2b$", bcrypt::read),
    ("$2y$", bcrypt::read),
    ("$scrypt$", scrypt::read),
    ("$pbkdf2-sha256$", pbkdf2::read_sha256),
    ("$pbkdf2-sha512$", pbkdf2::read_sha512),
    ("pbkdf2_sha256$", pbkdf2::read_django),
];

/// How a wrapped hash begins, and what the outer one in it begins with.
const WRAPPED: &str = "$argon2id-over:";
const OUTER: &str = "$argon2id$";

/// What a text says: how the digest is made, and the digest, unless it was left out.
pub(super) struct Fields {
    pub(super) recipe: Recipe,
    pub(super) digest: Option<Vec<u8>>,
}

/// All that a digest is made with beside the password. It asks for no more work or memory than it may: that was looked
/// at before, while reading it.
pub(super) enum Recipe {
    Argon2(argon2::Recipe),
    Bcrypt(bcrypt::Recipe),
    Pbkdf2(pbkdf2::Recipe),
    Scrypt(scrypt::Recipe),
}

impl Recipe {
    /// Whether a digest can have so many bytes: where the kind leaves that open, as many as a PHC string can hold.
    fn makes(&self, len: usize) -> bool {
        match self {
            Self::Bcrypt(_) => len == bcrypt::DIGEST_LEN,
            Self::Argon2(_) | Self::Pbkdf2(_) | Self::Scrypt(_) => (10..=64).contains(&len),
        }
    }

    /// Fills the digest; `false` if no password that has such a digest can be this one. The work is done in any case.
    fn derive(&self, secret: &[u8], digest: &mut [u8], memory: &mut Memory) -> bool {
        match self {
            Self::Argon2(recipe) => return recipe.derive(secret, digest, memory),
            Self::Bcrypt(recipe) => recipe.derive(secret, digest),
            Self::Pbkdf2(recipe) => recipe.derive(secret, digest),
            Self::Scrypt(recipe) => recipe.derive(secret, digest),
        }
        // bcrypt reads its key again and again with a NUL in between, and an HMAC fills its key up with NULs: `a`,
        // `a\0` and `a\0a` would be one password to one or the other.
        !secret.contains(&0)
    }
}

/// A stored hash that can be verified.
pub(super) struct StoredHash {
    inner: Option<Inner>,
    recipe: Recipe,
    digest: Vec<u8>,
}

/// What the password of a wrapped hash goes through first.
struct Inner {
    recipe: Recipe,
    len: usize,
}

impl StoredHash {
    /// Reads a stored text. No work that it asks for is done.
    pub(super) fn read(text: &str) -> Result<Self, UnusableHash> {
        let Some(rest) = text.strip_prefix(WRAPPED) else { return Self::whole(text, None) };
        let (len, rest) = rest.split_once(':').ok_or(UnusableHash::Malformed)?;
        let (header, outer) = rest.split_at(rest.find(OUTER).ok_or(UnusableHash::Malformed)?);
        let Fields { recipe, digest: None } = fields(header)? else { return Err(UnusableHash::Malformed) };
        let len = len.parse().ok().filter(|len| recipe.makes(*len)).ok_or(UnusableHash::Malformed)?;
        Self::whole(outer, Some(Inner { recipe, len }))
    }

    fn whole(text: &str, inner: Option<Inner>) -> Result<Self, UnusableHash> {
        let Fields { recipe, digest } = fields(text)?;
        Ok(Self { inner, recipe, digest: digest.ok_or(UnusableHash::Malformed)? })
    }

    /// Whether it is the hash of this password.
    pub(super) fn is_of(&self, password: &str, memory: &mut Memory) -> bool {
        let password = password.as_bytes();
        let Some(inner) = &self.inner else { return self.comes_of(password, memory) };
        let mut secret = Zeroizing::new(vec![0; inner.len]);
        let can_be = inner.recipe.derive(password, &mut secret, memory);
        self.comes_of(&secret, memory) && can_be
    }

    fn comes_of(&self, secret: &[u8], memory: &mut Memory) -> bool {
        let mut digest = vec![0; self.digest.len()];
        let can_be = self.recipe.derive(secret, &mut digest, memory);
        constant_time::verify_slices_are_equal(&digest, &self.digest).is_ok() && can_be
    }

    /// Whether there is no reason to hash the password anew.
    fn is_current(&self, current: &Argon2id) -> bool {
        match &self.recipe {
            Recipe::Argon2(recipe) => self.inner.is_none() && !current.is_stronger_than(recipe, self.digest.len()),
            Recipe::Bcrypt(_) | Recipe::Pbkdf2(_) | Recipe::Scrypt(_) => false,
        }
    }

    /// What stands before its digest, if it can be wrapped: it is neither Argon2id nor over another hash.
    fn header<'a>(&self, text: &'a str) -> Option<&'a str> {
        match &self.recipe {
            Recipe::Argon2(recipe) if recipe.is_argon2id() => None,
            Recipe::Bcrypt(_) => text.get(..bcrypt::HEADER_LEN),
            Recipe::Argon2(_) | Recipe::Pbkdf2(_) | Recipe::Scrypt(_) => {
                text.rsplit_once('$').map(|(header, _)| header)
            }
        }
    }
}

fn fields(text: &str) -> Result<Fields, UnusableHash> {
    let kind = KINDS.iter().find(|(prefix, _)| text.starts_with(prefix));
    kind.map_or(Err(UnusableHash::UnknownKind), |(_, read)| read(text))
}

/// Whether a hash from elsewhere can be verified, and if not, why.
pub fn recognise(hash: &str) -> Result<(), UnusableHash> {
    StoredHash::read(hash).map(|_| ())
}

/// Compares a password with a stored text.
pub(super) fn verify(current: &Argon2id, password: &str, stored: &str, memory: &mut Memory) -> Verdict {
    let Ok(stored) = StoredHash::read(stored) else { return Verdict::Mismatch };
    let is_match = stored.is_of(password, memory);
    current.trim(memory);
    if is_match { Verdict::Match { rehash: !stored.is_current(current) } } else { Verdict::Mismatch }
}

/// Puts Argon2id over a stored hash of another kind; `None` if it is none.
pub(super) fn wrap(current: &Argon2id, stored: &str, memory: &mut Memory) -> Result<Option<String>, String> {
    let Ok(hash) = StoredHash::read(stored) else { return Ok(None) };
    let Some(header) = hash.header(stored) else { return Ok(None) };
    let outer = current.hash(&hash.digest, memory)?;
    Ok(Some(format!("{WRAPPED}{}:{header}{outer}", hash.digest.len())))
}

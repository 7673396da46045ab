//! PBKDF2 (RFC 8018), for users who were imported with it: `$pbkdf2-sha256$i=…,l=…$salt$hash`, the same with
//! `sha512`, and Django's `pbkdf2_sha256$iterations$salt$hash`. Nothing new is hashed with it.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, Algorithm, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use doorward_application::ports::UnusableHash;

use super::{
    phc::{Phc, number},
    stored::{self, Fields},
};

/// The most iterations that are computed: they take seconds.
const MAX_ITERATIONS: u32 = 10_000_000;

/// The bytes of a SHA-256.
const SHA256_LEN: usize = 32;

/// How a PBKDF2 hash was made. Its parameters ask for no more than they may.
pub(super) struct Recipe {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
}

impl Recipe {
    /// Fills the output.
    pub(super) fn derive(&self, password: &[u8], output: &mut [u8]) {
        pbkdf2::derive(self.algorithm, self.iterations, &self.salt, password, output);
    }
}

/// Reads a PHC string of PBKDF2 with SHA-256.
pub(super) fn read_sha256(text: &str) -> Result<Fields, UnusableHash> {
    read(text, PBKDF2_HMAC_SHA256)
}

/// Reads a PHC string of PBKDF2 with SHA-512.
pub(super) fn read_sha512(text: &str) -> Result<Fields, UnusableHash> {
    read(text, PBKDF2_HMAC_SHA512)
}

fn read(text: &str, algorithm: Algorithm) -> Result<Fields, UnusableHash> {
    let phc = Phc::read(text)?;
    let [Some(iterations), Some(len)] = phc.numbers(["i", "l"])? else { return Err(UnusableHash::Malformed) };
    // The beginning of a longer hash is a shorter one of the same password: one that was cut off would still match.
    if phc.digest.as_ref().is_some_and(|digest| usize::try_from(len) != Ok(digest.len())) {
        return Err(UnusableHash::Malformed);
    }
    let recipe = Recipe { algorithm, iterations: bounded(iterations)?, salt: phc.salt };
    Ok(Fields { recipe: stored::Recipe::Pbkdf2(recipe), digest: phc.digest })
}

/// Reads what Django stores. Its salt is text and is salted with as it stands.
pub(super) fn read_django(text: &str) -> Result<Fields, UnusableHash> {
    let mut fields = text.split('$').skip(1);
    let (Some(iterations), Some(salt), digest, None) = (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(UnusableHash::Malformed);
    };
    let iterations = bounded(number(iterations)?)?;
    let digest = digest.map(|digest| STANDARD.decode(digest).map_err(|_| UnusableHash::Malformed)).transpose()?;
    if salt.is_empty() || digest.as_ref().is_some_and(|digest| digest.len() != SHA256_LEN) {
        return Err(UnusableHash::Malformed);
    }
    let recipe = Recipe { algorithm: PBKDF2_HMAC_SHA256, iterations, salt: salt.as_bytes().to_vec() };
    Ok(Fields { recipe: stored::Recipe::Pbkdf2(recipe), digest })
}

fn bounded(iterations: u32) -> Result<NonZeroU32, UnusableHash> {
    NonZeroU32::new(iterations).filter(|count| count.get() <= MAX_ITERATIONS).ok_or(UnusableHash::OutOfBounds)
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::UnusableHash;

    use super::{MAX_ITERATIONS, read_django, read_sha256};

    const DIGEST: &str = "c29tZWRpZ2VzdC4uLi4";
    const DJANGO: &str = "c29tZWRpZ2VzdC4uLi5zb21lZGlnZXN0Li4uLiEhISE=";

    #[test]
    fn iterations_are_bounded_before_any_work() {
        let phc = |i: &str| read_sha256(&format!("$pbkdf2-sha256$i={i},l=14$c29tZXNhbHQ${DIGEST}")).err();
        let django = |i: &str| read_django(&format!("pbkdf2_sha256${i}$salt${DJANGO}")).err();
        for read in [phc as fn(&str) -> _, django] {
            assert_eq!(read("1"), None);
            assert_eq!(read(&MAX_ITERATIONS.to_string()), None);
            for i in ["0", &(MAX_ITERATIONS + 1).to_string(), "4294967295", "4294967296", "99999999999999999999"] {
                assert_eq!(read(i), Some(UnusableHash::OutOfBounds), "{i}");
            }
            for i in ["", "-1", "+1", "1e3", "x"] {
                assert_eq!(read(i), Some(UnusableHash::Malformed), "{i}");
            }
        }
    }

    #[test]
    fn the_length_that_is_written_is_the_length_that_is_there() {
        let read = |l: &str| read_sha256(&format!("$pbkdf2-sha256$i=1,l={l}$c29tZXNhbHQ${DIGEST}")).err();
        assert_eq!(read("14"), None);
        for l in ["13", "15", "4294967295"] {
            assert_eq!(read(l), Some(UnusableHash::Malformed), "{l}");
        }
        let without = format!("$pbkdf2-sha256$i=1$c29tZXNhbHQ${DIGEST}");
        assert_eq!(read_sha256(&without).err(), Some(UnusableHash::Malformed));
    }

    #[test]
    fn what_django_does_not_write_is_malformed() {
        for text in [
            "pbkdf2_sha256$",
            "pbkdf2_sha256$1",
            &format!("pbkdf2_sha256$1$${DJANGO}"),
            &format!("pbkdf2_sha256$1$salt${DIGEST}"),
            &format!("pbkdf2_sha256$1$salt${DJANGO}$"),
            &format!("pbkdf2_sha256$1$salt${}", DJANGO.trim_end_matches('=')),
            "pbkdf2_sha256$1$salt$",
        ] {
            assert_eq!(read_django(text).err(), Some(UnusableHash::Malformed), "{text}");
        }
    }
}

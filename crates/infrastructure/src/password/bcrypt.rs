//! bcrypt, for users who were imported with it: `$2b$cost$` and then, without a mark between them, salt and hash.
//! Nothing new is hashed with it.

use std::ops::RangeInclusive;

use base64::Engine as _;
use bcrypt::BASE_64;
use doorward_application::ports::UnusableHash;
use zeroize::Zeroizing;

use super::{
    phc::number,
    stored::{self, Fields},
};

/// The highest cost that is computed: 2^15 rounds take seconds. Less than the lowest no bcrypt has.
const COSTS: RangeInclusive<u32> = 4..=15;

/// All before the hash: the mark, the cost and the salt.
pub(super) const HEADER_LEN: usize = 29;

/// The bytes of a hash: all but the last that bcrypt makes.
pub(super) const DIGEST_LEN: usize = 23;

/// The bytes that bcrypt reads of a password.
const KEY_LEN: usize = 72;

/// How a bcrypt hash was made. Its cost is no higher than it may be.
pub(super) struct Recipe {
    cost: u32,
    salt: [u8; 16],
}

impl Recipe {
    /// Fills the output.
    ///
    /// bcrypt reads the first 72 bytes of a password and no more: those that agree so far are one password to it, until
    /// the sign-in that hashes the one typed anew.
    pub(super) fn derive(&self, password: &[u8], output: &mut [u8]) {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        let read = password.len().min(KEY_LEN);
        key[..read].copy_from_slice(&password[..read]);
        let made = Zeroizing::new(bcrypt::bcrypt(self.cost, self.salt, &key[..KEY_LEN.min(read + 1)]));
        output.copy_from_slice(&made[..output.len()]);
    }
}

/// Reads a bcrypt hash. `$2x$`, the mark of a faulty implementation's hashes, is not among the kinds.
pub(super) fn read(text: &str) -> Result<Fields, UnusableHash> {
    let (header, digest) = text.split_at_checked(HEADER_LEN).ok_or(UnusableHash::Malformed)?;
    let (cost, salt) = header.get(4..).and_then(|rest| rest.split_once('$')).ok_or(UnusableHash::Malformed)?;
    let cost = Some(number(cost)?).filter(|_| cost.len() == 2).ok_or(UnusableHash::Malformed)?;
    let salt = decode(salt)?.try_into().map_err(|_| UnusableHash::Malformed)?;
    let digest = if digest.is_empty() { None } else { Some(decode(digest)?) };
    if digest.as_ref().is_some_and(|digest| digest.len() != DIGEST_LEN) {
        return Err(UnusableHash::Malformed);
    }
    if !COSTS.contains(&cost) {
        return Err(UnusableHash::OutOfBounds);
    }
    Ok(Fields { recipe: stored::Recipe::Bcrypt(Recipe { cost, salt }), digest })
}

fn decode(text: &str) -> Result<Vec<u8>, UnusableHash> {
    BASE_64.decode(text).map_err(|_| UnusableHash::Malformed)
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::UnusableHash;

    use super::{HEADER_LEN, read};
    use crate::password::{argon2::Memory, stored::StoredHash};

    fn hash(password: &str) -> String {
        bcrypt::hash(password, 4).unwrap()
    }

    fn verify(password: &str, stored: &str) -> bool {
        StoredHash::read(stored).is_ok_and(|stored| stored.is_of(password, &mut Memory::default()))
    }

    #[test]
    fn verifies_what_other_implementations_made() {
        // From jBCrypt's tests: https://github.com/djmdjm/jBCrypt
        let stored = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            let stored = stored.replace("$2a$", prefix);
            assert!(verify("abc", &stored), "{stored}");
            assert!(!verify("abd", &stored), "{stored}");
        }
        assert!(!verify("abc", &stored.replace("$2a$", "$2x$")));
    }

    #[test]
    fn the_empty_password_and_the_longest_are_hashed_as_others_hash_them() {
        for password in ["", &"x".repeat(71), &"x".repeat(72), &"x".repeat(73)] {
            assert!(verify(password, &hash(password)), "{}", password.len());
        }
    }

    #[test]
    fn a_password_with_a_nul_matches_nothing() {
        let stored = hash("a");
        assert!(bcrypt::verify("a\0a", &stored).unwrap(), "the trap is there");
        assert!(!verify("a\0a", &stored));
        assert!(!verify("a\0b", &hash("a\0b")));
    }

    #[test]
    fn only_the_first_72_bytes_count() {
        let stored = hash(&"x".repeat(80));
        assert!(verify(&"x".repeat(72), &stored));
        assert!(!verify(&"x".repeat(71), &stored));
    }

    #[test]
    fn a_cost_beyond_the_bounds_is_not_computed() {
        let with_cost = |cost: &str| read(&hash("abc").replacen("$04$", &format!("${cost}$"), 1)).err();
        assert_eq!(with_cost("15"), None);
        for cost in ["16", "31", "99", "03", "00"] {
            assert_eq!(with_cost(cost), Some(UnusableHash::OutOfBounds), "{cost}");
        }
        for cost in ["+4", "-1", "4", "004", ""] {
            assert_eq!(with_cost(cost), Some(UnusableHash::Malformed), "{cost}");
        }
    }

    #[test]
    fn a_malformed_hash_is_no_panic() {
        let stored = hash("abc");
        for end in (4..stored.len()).filter(|end| *end != HEADER_LEN) {
            assert_eq!(read(&stored[..end]).err(), Some(UnusableHash::Malformed), "{end}");
        }
        for broken in ["$2b$04$", "$2b$é4$", &format!("{stored}x"), &stored.replace('$', "é"), &"$".repeat(60)] {
            assert!(!verify("abc", broken), "{broken}");
        }
    }
}

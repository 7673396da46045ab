//! Passwords, and what is stored of them.

use unicode_normalization::UnicodeNormalization;

use crate::{Rejection, Secret};

/// A password as a person typed it, in NFC, so that the same characters typed on two keyboards are the same bytes
/// (NIST SP 800-63B-4 §3.1.1.2). Every character counts, white space and NUL too; nothing is trimmed or cut.
///
/// This says only that it is short enough to be hashed; whether it may be *chosen* is
/// [`PasswordPolicy`](super::PasswordPolicy)'s to say.
pub struct Password(Secret<String>);

impl Password {
    /// The most code points. Longer is refused, so that a body cannot buy hashing time.
    pub const MAX: usize = 128;

    /// Reads a password.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        let normal = Secret::new(raw.nfc().collect::<String>());
        match normal.expose().chars().count() {
            0 => Err(Rejection::Required),
            length if length > Self::MAX => Err(Rejection::TooLong { max: Self::MAX }),
            _ => Ok(Self(normal)),
        }
    }

    /// The text, for hashing and for the policy.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A password as it is stored: a PHC string (`$argon2id$…`), or the `$2b$…` of an imported user.
///
/// Only a `PasswordHasher` reads it. It is a secret too: it is what an attacker guesses against.
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    /// A hash that a `PasswordHasher` made, or that was stored.
    #[must_use]
    pub const fn new(hash: String) -> Self {
        Self(Secret::new(hash))
    }

    /// The string to store or to verify against.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::Password;
    use crate::Rejection;

    #[test]
    fn is_the_same_however_it_was_composed() {
        assert_eq!(Password::parse("e\u{301}").unwrap().expose(), Password::parse("\u{e9}").unwrap().expose());
    }

    #[test]
    fn keeps_every_character() {
        assert_eq!(Password::parse(" a\0b ").unwrap().expose(), " a\0b ");
    }

    #[test]
    fn is_refused_when_too_long_and_never_cut() {
        assert!(Password::parse(&"é".repeat(128)).is_ok());
        assert_eq!(Password::parse(&"é".repeat(129)).err(), Some(Rejection::TooLong { max: 128 }));
        assert_eq!(Password::parse("").err(), Some(Rejection::Required));
    }
}

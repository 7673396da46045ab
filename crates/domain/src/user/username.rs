//! Usernames.

use crate::Rejection;

/// A name to sign in with beside the address: 3 to 64 ASCII letters, digits and `.` `_` `-`, beginning with a letter or
/// digit. Letters of one alphabet only, so that no two names look alike; never an `@`, so that no name can be
/// taken for an address. Case is kept for show and ignored in comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username {
    typed: String,
    canonical: String,
}

impl Username {
    /// The fewest characters.
    pub const MIN: usize = 3;
    /// The most characters.
    pub const MAX: usize = 64;

    /// Reads a username. White space around it is dropped.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        let typed = raw.trim();
        let length = typed.chars().count();
        if length == 0 {
            return Err(Rejection::Required);
        }
        if length < Self::MIN {
            return Err(Rejection::TooShort { min: Self::MIN });
        }
        if length > Self::MAX {
            return Err(Rejection::TooLong { max: Self::MAX });
        }
        let usual = typed.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if !usual || !typed.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(Rejection::Malformed { expected: "letters, digits, dots, dashes and underscores" });
        }
        Ok(Self { typed: typed.to_owned(), canonical: typed.to_ascii_lowercase() })
    }

    /// The name as the person wrote it.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The name as it is compared.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

#[cfg(test)]
mod tests {
    use super::Username;

    #[test]
    fn is_compared_without_case() {
        let name = Username::parse("Jane_Doe").unwrap();
        assert_eq!((name.typed(), name.canonical()), ("Jane_Doe", "jane_doe"));
    }

    #[test]
    fn is_never_an_address_nor_a_look_alike() {
        for raw in ["", "ab", "jane@example.com", "jane doe", "j\u{0430}ne", "-jane", "jane\0", "a\nb"] {
            assert!(Username::parse(raw).is_err(), "{raw:?}");
        }
        assert!(Username::parse(&"a".repeat(65)).is_err());
    }
}

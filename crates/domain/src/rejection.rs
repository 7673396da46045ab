//! Why a word was refused.

use thiserror::Error;

/// Why a value is not the word it should be. The text is a sentence that a person may be shown; it never repeats
/// the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// Nothing was given.
    #[error("This is required.")]
    Required,
    /// Fewer characters than allowed, counted in Unicode code points.
    #[error("This must have at least {min} characters.")]
    TooShort {
        /// The fewest code points allowed.
        min: usize,
    },
    /// More characters than allowed, counted in Unicode code points. Nothing is ever cut to fit.
    #[error("This must have at most {max} characters.")]
    TooLong {
        /// The most code points allowed.
        max: usize,
    },
    /// More entries than a list may have.
    #[error("This must have at most {max} entries.")]
    TooMany {
        /// The most entries allowed.
        max: usize,
    },
    /// Not of the form the word has.
    #[error("This must be {expected}.")]
    Malformed {
        /// The form, to follow "must be".
        expected: &'static str,
    },
    /// Has line breaks or other control characters.
    #[error("This must not contain line breaks or control characters.")]
    ControlCharacter,
    /// One of the passwords that everyone tries first (NIST SP 800-63B-4 §3.1.1.2).
    #[error("This password is on the lists that attackers try first. Choose another.")]
    CommonPassword,
    /// One that was found in a leak of passwords (ASVS 5.0 6.2.12).
    #[error("This password was found in a leak of passwords. Choose another.")]
    BreachedPassword,
    /// A password that is the person's own address or name, or the product's.
    #[error("This must not be your address or name, or this service's.")]
    GuessablePassword,
    /// An address at a domain that may not sign up here.
    #[error("Addresses of this domain may not sign up here.")]
    DomainNotAllowed,
    /// A username at a sign-up whose answer must not tell whether its address was free.
    #[error("Choose this after your first sign-in.")]
    ChosenLater,
}

impl Rejection {
    /// The stable name of the reason, in `snake_case`, as the wire shows it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::Malformed { .. } => "malformed",
            Self::ControlCharacter => "control_character",
            Self::CommonPassword => "common_password",
            Self::BreachedPassword => "breached_password",
            Self::GuessablePassword => "guessable_password",
            Self::DomainNotAllowed => "domain_not_allowed",
            Self::ChosenLater => "chosen_later",
        }
    }
}

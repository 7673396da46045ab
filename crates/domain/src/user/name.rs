//! People's names.

use crate::{Rejection, text::Line};

/// A person's first and last name. What a person is called is their own affair: each is a line of 1 to 100 code
/// points and nothing else is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName {
    first: Line,
    last: Line,
}

impl PersonName {
    /// The most code points of either part.
    pub const MAX: usize = 100;

    /// A name of two parts, each from [`PersonName::parse_part`].
    #[must_use]
    pub const fn new(first: Line, last: Line) -> Self {
        Self { first, last }
    }

    /// Reads a first or a last name.
    pub fn parse_part(raw: &str) -> Result<Line, Rejection> {
        Line::parse_up_to(raw, Self::MAX)
    }

    /// The first name.
    #[must_use]
    pub const fn first(&self) -> &Line {
        &self.first
    }

    /// The last name.
    #[must_use]
    pub const fn last(&self) -> &Line {
        &self.last
    }

    /// Both, as a greeting shows them.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{} {}", self.first.as_str(), self.last.as_str())
    }
}

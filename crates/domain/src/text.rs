//! Short texts that people type about themselves.

use unicode_normalization::UnicodeNormalization;

use crate::Rejection;

/// One line of text: 1 to [`Line::MAX`] code points, in NFC, without surrounding white space or control characters.
///
/// It is otherwise free: whoever shows it escapes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line(String);

impl Line {
    /// The most code points of a line.
    pub const MAX: usize = 200;

    /// Reads a line.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        Self::parse_up_to(raw, Self::MAX)
    }

    /// Reads a line that must be shorter than others.
    pub(crate) fn parse_up_to(raw: &str, max: usize) -> Result<Self, Rejection> {
        let text: String = raw.trim().nfc().collect();
        if text.chars().all(|c| c.is_whitespace() || is_joiner(c)) {
            return Err(Rejection::Required);
        }
        if text.chars().any(breaks_a_line) {
            return Err(Rejection::ControlCharacter);
        }
        if text.chars().count() > max {
            return Err(Rejection::TooLong { max });
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, Unicode's line separators, the marks that turn the direction of the text around them, and
/// characters that nobody sees: a name that reorders the sentence it stands in can make a mail say what its sender did
/// not, and two names that look alike are two people who are taken for one.
fn breaks_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E007F}')
}

/// The two joiners stand inside words of some scripts; alone they are nothing.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// A telephone number as a person writes it: digits with the usual punctuation, 3 to 32 characters. It is not
/// normalised, because without the country it cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The most characters of a number.
    pub const MAX: usize = 32;

    /// Reads a number.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        let Line(text) = Line::parse_up_to(raw, Self::MAX)?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let usual =
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/' | 'x'));
        if digits >= 3 && usual { Ok(Self(text)) } else { Err(Rejection::Malformed { expected: "a telephone number" }) }
    }

    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, PhoneNumber};
    use crate::Rejection;

    #[test]
    fn a_line_is_trimmed_and_composed() {
        assert_eq!(Line::parse("  Zoe\u{308} ").unwrap().as_str(), "Zoë");
    }

    #[test]
    fn a_line_counts_code_points_not_bytes() {
        assert!(Line::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Line::parse(&"é".repeat(201)), Err(Rejection::TooLong { max: 200 }));
    }

    #[test]
    fn a_line_has_no_line_breaks_nor_direction_marks() {
        for raw in ["a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{202E}b", "a\u{200E}b", "\u{200B}", "\u{FEFF}a"] {
            assert_eq!(Line::parse(raw), Err(Rejection::ControlCharacter), "{raw:?}");
        }
    }

    #[test]
    fn white_space_alone_is_nothing() {
        for raw in ["", " \t ", "\u{200D}", " \u{200C} "] {
            assert_eq!(Line::parse(raw), Err(Rejection::Required), "{raw:?}");
        }
        assert!(Line::parse("\u{646}\u{200C}\u{627}").is_ok(), "a joiner inside a word is part of it");
    }

    #[test]
    fn a_phone_number_keeps_its_punctuation() {
        assert_eq!(PhoneNumber::parse("+49 (30) 123-456").unwrap().as_str(), "+49 (30) 123-456");
        assert!(PhoneNumber::parse("call me").is_err());
        assert!(PhoneNumber::parse("+-").is_err());
    }
}

//! The language that a user reads.

use crate::Rejection;

/// The language that a user reads: a language tag of a primary language and perhaps a script, region or variant
/// (BCP 47), as `en`, `de` or `pt-BR`. Which languages there are texts in is not for the tag to know: whoever writes
/// takes the nearest one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locale(String);

impl Locale {
    /// The most characters.
    pub const MAX: usize = 35;

    /// Reads a tag. It is kept as it was written, but for the case of the primary language, which is lower.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        const EXPECTED: Rejection = Rejection::Malformed { expected: "a language tag, such as en or pt-BR" };
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(Rejection::Required);
        }
        if raw.len() > Self::MAX {
            return Err(Rejection::TooLong { max: Self::MAX });
        }
        let (language, rest) = raw.split_at(raw.find('-').unwrap_or(raw.len()));
        let is_language = matches!(language.len(), 2..=8) && language.bytes().all(|b| b.is_ascii_alphabetic());
        let is_subtag = |tag: &str| matches!(tag.len(), 1..=8) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_language || !rest.split('-').skip(1).all(is_subtag) {
            return Err(EXPECTED);
        }
        Ok(Self(language.to_ascii_lowercase() + rest))
    }

    /// The language that a browser asks for first, from an `Accept-Language` header (RFC 9110 §12.5.4), if it asks
    /// for one. Weights are passed over: browsers write what they want most first.
    #[must_use]
    pub fn preferred(accept_language: &str) -> Option<Self> {
        let first = accept_language.split([',', ';']).next()?;
        Self::parse(first).ok()
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language: `pt` of `pt-BR`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

/// English, which every text is there in.
impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn is_a_language_with_or_without_a_region() {
        for (raw, tag, language) in [("en", "en", "en"), (" DE-at ", "de-at", "de"), ("zh-Hant-TW", "zh-Hant-TW", "zh")]
        {
            let locale = Locale::parse(raw).unwrap();
            assert_eq!((locale.as_str(), locale.language()), (tag, language));
        }
    }

    #[test]
    fn is_never_a_path() {
        for raw in ["", "e", "*", "../en", "en/", "en-", "en--US", "en_US", "d\u{435}", "languagetag", "de-123456789"] {
            assert!(Locale::parse(raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn a_browser_names_its_favourite_first() {
        let preferred = |header| Locale::preferred(header).map(|locale| locale.as_str().to_owned());
        assert_eq!(preferred("de-CH,de;q=0.9,en;q=0.8").as_deref(), Some("de-CH"));
        assert_eq!(preferred("fr;q=0.5").as_deref(), Some("fr"));
        assert_eq!(preferred("*"), None);
        assert_eq!(preferred(""), None);
    }
}

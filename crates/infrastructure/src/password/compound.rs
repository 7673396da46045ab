//! Long passwords that are made of common ones, which no list holds because there are too many.
//!
//! Where a policy asks for 15 characters, people lengthen what they had: `password123456789`, `iloveyouiloveyou`.
//! Guessing programs do the same to each word of their lists, so such a password is worth no more than its word.

use std::ops::Range;

/// The fewest characters of what counts as a word, and of a walk.
const SHORTEST: usize = 4;

/// The most characters of a word: hardly any that is listed is longer, and only a few walks are.
const LONGEST: usize = 26;

/// A password of so few different characters is a guess, however long it is.
const FEW_CHARACTERS: usize = 4;

/// What fingers and memory walk along. A part of one, from either end, is a word.
const WALKS: [&str; 9] = [
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890-=",
    "!@#$%^&*()_+",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Whether a password, in lower case, is
/// - at most four different characters, or
/// - a word or two words on end, with nothing but digits, punctuation and spaces before and after them, or
/// - such a thing again and again, to the end or as far as it goes.
///
/// A word is what the list has, or part of an alphabet or of a row of keys. What holds more than that is none of
/// this: neither three words nor two that are apart, so a sentence is never refused for its words.
pub(super) fn is_compound(password: &str, is_listed: impl Fn(&[u8]) -> bool) -> bool {
    let first_seen = |&(at, character): &(usize, char)| !password[..at].contains(character);
    let words = Words { is_listed };
    let text = password.as_bytes();
    password.char_indices().filter(first_seen).count() <= FEW_CHARACTERS
        || words.are_all_of(text)
        || words.repeat_in(text)
        || words.repeat_in(&text[inner(text)])
}

struct Words<L> {
    is_listed: L,
}

impl<L: Fn(&[u8]) -> bool> Words<L> {
    /// Whether the text is a word or two, and padding.
    fn are_all_of(&self, text: &[u8]) -> bool {
        // A word may itself begin or end with what is padding elsewhere.
        let inner = inner(text);
        let is_end = |end: &usize| *end >= inner.end;
        let mut ends: Vec<_> = (0..=inner.start).flat_map(|start| self.ends(text, start)).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.iter().any(is_end) || ends.iter().any(|&middle| self.ends(text, middle).any(|end| is_end(&end)))
    }

    /// Whether the text is the same words again and again. The last time may be cut short.
    fn repeat_in(&self, text: &[u8]) -> bool {
        let is_period = |period: &usize| text.starts_with(&text[*period..]);
        (SHORTEST..=text.len().div_ceil(2)).find(is_period).is_some_and(|period| self.are_all_of(&text[..period]))
    }

    /// Where the words that begin here end.
    fn ends(&self, text: &[u8], start: usize) -> impl Iterator<Item = usize> {
        let last = text.len().min(start + LONGEST);
        (start + SHORTEST..=last).filter(move |end| self.has(&text[start..*end]))
    }

    fn has(&self, word: &[u8]) -> bool {
        let is_walked = |way: &[u8]| way == word || way.iter().rev().eq(word);
        (self.is_listed)(word) || WALKS.iter().any(|walk| walk.as_bytes().windows(word.len()).any(is_walked))
    }
}

/// What is left without the padding that people put around a word to make it long enough: from the first letter to
/// the last, or where there is none, from the first digit to the last. What is not ASCII may be a letter.
fn inner(text: &[u8]) -> Range<usize> {
    let is_letter = |byte: &u8| !byte.is_ascii() || byte.is_ascii_alphabetic();
    let is_core = if text.iter().any(is_letter) { is_letter } else { u8::is_ascii_digit };
    let start = text.iter().position(is_core).unwrap_or(0);
    let end = text.iter().rposition(is_core).map_or(text.len(), |last| last + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, WALKS, is_compound};

    fn is_refused(password: &str) -> bool {
        let listed: [&[u8]; 7] = [b"password", b"password1", b"iloveyou", b"abc123", b"1234", b"love", b"1990"];
        is_compound(password, |word| listed.contains(&word))
    }

    #[test]
    fn a_word_with_digits_or_punctuation_around_it_is_none_to_choose() {
        for password in [
            "password123456789",
            "123456789password",
            "!!!password!!!2026",
            "password 1 2 3 4 5",
            "2026-2027-love-2028",
            "abc123!!!!!!!!!",
            "password1......2",
            "1234!!!!!!!!!!?",
        ] {
            assert!(is_refused(password), "{password}");
        }
    }

    #[test]
    fn two_words_on_end_are_none_to_choose() {
        for password in
            ["passwordiloveyou", "abc123password1", "loveabc123!?!?!", "12passwordlove1990", "iloveyouasdfghjk"]
        {
            assert!(is_refused(password), "{password}");
        }
    }

    #[test]
    fn a_word_again_and_again_is_none_to_choose() {
        for password in [
            "iloveyouiloveyou",
            "passwordpasswordpassword",
            "passwordpassword1",
            "passwordpasswordpassword1",
            "password password",
            "password-password-password-",
            "password1!password1!",
            "abc123abc123abc1",
            "1234567890123456",
            "09876543210987654321",
            "loveiloveyouloveiloveyou",
        ] {
            assert!(is_refused(password), "{password}");
        }
    }

    #[test]
    fn few_characters_and_walks_are_none_to_choose() {
        for password in [
            "aaaaaaaaaaaaaaa",
            "abababababababab",
            "000000000000001",
            "ééééééééééééééé",
            "abcdefghijklmnop",
            "ponmlkjihgfedcba",
            "qwertyuiopasdfghjkl",
            "qwertyuiopqwerty",
            "1qaz2wsx3edc4rfv",
            "1234567890qwertyuiop",
            "!@#$%^&*()_+1234",
        ] {
            assert!(is_refused(password), "{password}");
        }
    }

    #[test]
    fn what_holds_more_than_words_and_padding_may_be_chosen() {
        for password in [
            "a password of mine",
            "passwords, plural",
            "password is love",
            "xpassword123456789",
            "password123456789x",
            "passwordéiloveyou",
            "love, iloveyou, love",
            "passwordloveiloveyou",
            "839212341990175",
            "a quiet harbour at dawn",
            "a quiet a quiet",
            "correct horse battery staple",
            "пароль пароль пароль",
        ] {
            assert!(!is_refused(password), "{password}");
        }
    }

    #[test]
    fn every_part_of_a_walk_that_fits_into_a_word_is_one() {
        for walk in WALKS {
            for length in 4..=walk.len().min(LONGEST) {
                for start in 0..=walk.len() - length {
                    let part = &walk[start..start + length];
                    let back: String = part.chars().rev().collect();
                    assert!(is_refused(part) && is_refused(&back), "{part}");
                }
            }
        }
    }
}

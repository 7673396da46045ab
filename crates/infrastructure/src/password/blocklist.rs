//! The passwords that everyone tries first.

use std::cmp::Ordering;

use doorward_application::ports::PasswordBlocklist;
use doorward_domain::{Secret, user::Password};

use super::compound::is_compound;

/// One password a line, in lower case and in the order of its bytes. `common_passwords.md` says where they are from.
const BUILT_IN: &str = include_str!("common_passwords.txt");

/// A list of common passwords that is part of the program, and long ones that are made of them.
#[derive(Clone, Copy, Debug)]
pub struct CommonPasswords {
    sorted_lines: &'static str,
    refuses_compounds: bool,
}

impl CommonPasswords {
    /// Where the policy asks for so many code points or more, what is made of common passwords is common too. Of
    /// shorter passwords the list has thousands that people really chose; of these, hardly any.
    pub const COMPOUND_FROM: usize = 15;

    /// What no password of a policy with this minimum, in code points, may be. Fourteen thousand of the commonest passwords of at least eight characters, which no policy lets be fewer; and
    /// as many shorter ones, of which longer are made.
    #[must_use]
    pub const fn built_in(min_length: usize) -> Self {
        Self { sorted_lines: BUILT_IN, refuses_compounds: min_length >= Self::COMPOUND_FROM }
    }
}

impl PasswordBlocklist for CommonPasswords {
    fn contains(&self, password: &Password) -> bool {
        let lowered = Secret::new(password.expose().to_lowercase());
        let is_listed = |word: &[u8]| has_line(self.sorted_lines, word);
        is_listed(lowered.expose().as_bytes()) || self.refuses_compounds && is_compound(lowered.expose(), is_listed)
    }
}

/// Finds a line among sorted ones by halving the text: where the middle of it falls into a line, that line is looked
/// at.
fn has_line(sorted: &str, wanted: &[u8]) -> bool {
    let mut rest = sorted.as_bytes();
    while !rest.is_empty() {
        let middle = rest.len() / 2;
        let is_break = |&byte: &u8| byte == b'\n';
        let start = rest[..middle].iter().rposition(is_break).map_or(0, |at| at + 1);
        let end = rest[middle..].iter().position(is_break).map_or(rest.len(), |at| middle + at);
        match rest[start..end].cmp(wanted) {
            Ordering::Equal => return true,
            Ordering::Less => rest = rest.get(end + 1..).unwrap_or_default(),
            Ordering::Greater => rest = &rest[..start],
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::PasswordBlocklist;
    use doorward_domain::user::Password;

    use super::{BUILT_IN, CommonPasswords, has_line};

    fn contains(password: &str) -> bool {
        CommonPasswords::built_in(CommonPasswords::COMPOUND_FROM).contains(&Password::parse(password).unwrap())
    }

    /// Where short passwords may be chosen, so that the list alone decides.
    fn is_listed(password: &str) -> bool {
        CommonPasswords::built_in(CommonPasswords::COMPOUND_FROM - 1).contains(&Password::parse(password).unwrap())
    }

    #[test]
    fn the_list_is_sorted_lowered_and_small_enough() {
        let lines: Vec<_> = BUILT_IN.lines().collect();
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| line.chars().count() >= 4 && line.to_lowercase() == **line));
        assert!(BUILT_IN.len() <= 300_000, "it is part of the program");
    }

    #[test]
    fn every_line_is_found_and_no_part_of_one() {
        for line in BUILT_IN.lines() {
            assert!(contains(line), "{line}");
            assert!(!has_line(BUILT_IN, format!("{line}\u{e000}").as_bytes()), "{line}");
        }
        assert!(!is_listed("password\n"));
        assert!(!is_listed("password123\npassword1234"));
    }

    #[test]
    fn case_does_not_hide_a_common_password() {
        assert!(contains("PassWord123"));
    }

    #[test]
    fn only_the_whole_password_counts() {
        assert!(!is_listed("mypassword123"));
        assert!(!contains("my password and yours"));
    }

    #[test]
    fn three_thousand_that_fit_the_policy_are_none_to_choose() {
        let fitting = |least: usize| BUILT_IN.lines().filter(move |line| line.len() >= least);
        assert!(fitting(8).count() >= 3_000);
        // Where the policy asks for 15, the list itself has few, and what guessing programs make of it counts.
        assert_eq!(fitting(CommonPasswords::COMPOUND_FROM).count(), 70);
        let words: Vec<_> = fitting(8).filter(|word| word.len() < CommonPasswords::COMPOUND_FROM).collect();
        let mut refused = 0;
        for pair in words.chunks_exact(2).step_by(10) {
            let [word, next] = [pair[0], pair[1]];
            for guess in [
                word.repeat(2),
                format!("{word} {word}"),
                format!("{word}{next}"),
                format!("{word}123456789"),
                format!("!!!{word}!?!!"),
            ] {
                assert!(guess.len() >= CommonPasswords::COMPOUND_FROM && contains(&guess), "{guess}");
                refused += 1;
            }
        }
        assert!(refused >= 3_000, "{refused}");
    }

    #[test]
    fn what_is_only_longer_is_none_to_choose() {
        for password in [
            "password123456789",
            "Qwertyuiopqwerty",
            "iloveyouiloveyou",
            "1234567890123456",
            "passwordpassword1",
            "aaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "asdfghjklzxcvbnm",
        ] {
            assert!(contains(password), "{password}");
        }
    }

    #[test]
    fn where_short_passwords_may_be_chosen_the_list_alone_decides() {
        assert!(is_listed("mypassword"));
        assert!(!is_listed("mypassword1234") && contains("mypassword1234"));
    }

    #[test]
    fn sentences_may_be_chosen() {
        for sentence in [
            "a quiet harbour",
            "a quiet harbour at dawn",
            "salt wind over the harbour",
            "correct horse battery staple",
            "not the password",
            "the dragon and the monkey",
            "Master of shadow, football fan",
            "summer, winter, spring 2026",
            "Ich mag Kartoffelpuffer",
            "xkq7-vmw2-trp9-zld4",
        ] {
            assert!(!contains(sentence), "{sentence}");
        }
    }

    #[test]
    fn lists_of_any_length_are_searched_to_both_ends() {
        for list in ["", "\n", "b", "b\n", "b\nd", "b\nd\n", "b\nd\nf", "bb\nd\nffff\n"] {
            for line in list.lines().filter(|line| !line.is_empty()) {
                assert!(has_line(list, line.as_bytes()), "{list:?} {line:?}");
            }
            for other in ["a", "c", "e", "g", "bbb"] {
                assert!(!has_line(list, other.as_bytes()), "{list:?} {other:?}");
            }
        }
    }
}

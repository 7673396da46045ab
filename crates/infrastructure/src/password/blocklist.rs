//! The passwords that everyone tries first.

use std::cmp::Ordering;

use doorward_application::ports::PasswordBlocklist;
use doorward_domain::{Secret, user::Password};

/// One password a line, in lower case and in the order of its bytes. `common_passwords.md` says where they are from.
const BUILT_IN: &str = include_str!("common_passwords.txt");

/// A list of common passwords that is part of the program.
#[derive(Clone, Copy, Debug)]
pub struct CommonPasswords {
    sorted_lines: &'static str,
}

impl CommonPasswords {
    /// Eight thousand of the commonest passwords of at least eight characters; shorter ones no policy lets through.
    #[must_use]
    pub const fn built_in() -> Self {
        Self { sorted_lines: BUILT_IN }
    }
}

impl PasswordBlocklist for CommonPasswords {
    fn contains(&self, password: &Password) -> bool {
        let lowered = Secret::new(password.expose().to_lowercase());
        has_line(self.sorted_lines, lowered.expose())
    }
}

/// Finds a line among sorted ones by halving the text: where the middle of it falls into a line, that line is looked
/// at.
fn has_line(sorted: &str, wanted: &str) -> bool {
    let (wanted, mut rest) = (wanted.as_bytes(), sorted.as_bytes());
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
        CommonPasswords::built_in().contains(&Password::parse(password).unwrap())
    }

    #[test]
    fn the_list_is_sorted_lowered_and_long_enough() {
        let lines: Vec<_> = BUILT_IN.lines().collect();
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| line.chars().count() >= 8 && line.to_lowercase() == **line));
        assert!(lines.len() >= 3_000);
    }

    #[test]
    fn every_line_is_found_and_no_part_of_one() {
        for line in BUILT_IN.lines() {
            assert!(contains(line), "{line}");
            assert!(!contains(&format!("{line}\u{e000}")), "{line}");
        }
        assert!(!contains("password\n"));
        assert!(!contains("password123\npassword1234"));
    }

    #[test]
    fn case_does_not_hide_a_common_password() {
        assert!(contains("PassWord123"));
    }

    #[test]
    fn only_the_whole_password_counts() {
        assert!(!contains("mypassword123"));
        assert!(!contains("my password and yours"));
    }

    #[test]
    fn lists_of_any_length_are_searched_to_both_ends() {
        for list in ["", "\n", "b", "b\n", "b\nd", "b\nd\n", "b\nd\nf", "bb\nd\nffff\n"] {
            for line in list.lines().filter(|line| !line.is_empty()) {
                assert!(has_line(list, line), "{list:?} {line:?}");
            }
            for other in ["a", "c", "e", "g", "bbb"] {
                assert!(!has_line(list, other), "{list:?} {other:?}");
            }
        }
    }
}

//! The passwords that everyone tries first.

use std::sync::LazyLock;

use doorward_application::ports::PasswordBlocklist;
use doorward_domain::{Rejection, Secret, user::Password};
use fst::Set;

use super::compound::is_compound;

/// What `build.rs` makes of `common_passwords.txt`, whose lines are folded as [`folded`] does. `common_passwords.md`
/// says where they are from.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common_passwords.fst"));

static BUILT_IN: LazyLock<Set<&[u8]>> = LazyLock::new(|| Set::new(EMBEDDED).expect("build.rs wrote a set"));

/// A list of common passwords that is part of the program, and long ones that are made of them.
#[derive(Clone, Copy, Debug)]
pub struct CommonPasswords {
    refuses_compounds: bool,
}

impl CommonPasswords {
    /// Where the policy asks for so many code points or more, what is made of common passwords is common too: of what
    /// guessing programs make of the list's words to get there, the list itself has next to nothing.
    pub const COMPOUND_FROM: usize = 15;

    /// What no password of a policy with this minimum, in code points, may be: the hundred thousand commonest of at
    /// least eight characters, which no policy lets be fewer, all that is known of fifteen and more, and shorter ones,
    /// of which longer are made.
    #[must_use]
    pub const fn built_in(min_length: usize) -> Self {
        Self { refuses_compounds: min_length >= Self::COMPOUND_FROM }
    }
}

impl PasswordBlocklist for CommonPasswords {
    fn refuses(&self, password: &Password) -> Option<Rejection> {
        let folded = folded(password);
        let is_listed = |word: &[u8]| BUILT_IN.contains(word);
        let is_common =
            is_listed(folded.expose().as_bytes()) || self.refuses_compounds && is_compound(folded.expose(), is_listed);
        is_common.then_some(Rejection::CommonPassword)
    }
}

/// As all of the list is written: in lower case.
fn folded(password: &Password) -> Secret<String> {
    Secret::new(password.expose().to_lowercase())
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::PasswordBlocklist;
    use doorward_domain::{Rejection, user::Password};

    use super::{BUILT_IN, CommonPasswords, EMBEDDED, folded};

    const TEXT: &str = include_str!("common_passwords.txt");

    fn refuses(min_length: usize, password: &str) -> bool {
        let refused = CommonPasswords::built_in(min_length).refuses(&Password::parse(password).unwrap());
        refused.inspect(|reason| assert_eq!(*reason, Rejection::CommonPassword)).is_some()
    }

    fn contains(password: &str) -> bool {
        refuses(CommonPasswords::COMPOUND_FROM, password)
    }

    /// Where short passwords may be chosen, so that the list alone decides.
    fn is_listed(password: &str) -> bool {
        refuses(CommonPasswords::COMPOUND_FROM - 1, password)
    }

    #[test]
    fn a_hundred_thousand_fit_the_policy_and_are_small_enough() {
        let at_least = |length: usize| TEXT.lines().filter(|line| line.chars().count() >= length).count();
        assert!(at_least(8) >= 100_000);
        assert!(EMBEDDED.len() < 1_000_000, "it is part of the program");
        // What the docs say.
        assert_eq!([at_least(4), at_least(8), at_least(15)], [145_026, 111_159, 9_748]);
    }

    #[test]
    fn what_is_embedded_is_the_text_as_a_password_is_folded() {
        assert_eq!(BUILT_IN.len(), TEXT.lines().count());
        for line in TEXT.lines() {
            assert_eq!(folded(&Password::parse(line).unwrap()).expose(), line);
            assert!(is_listed(line), "{line}");
        }
    }

    #[test]
    fn what_is_common_is_listed_in_any_case() {
        let of_all_sources = ["password", "12345678", "iloveyou", "qwertyuiop", "1q2w3e4r5t", "trustno1"];
        let of_seclists = ["splashdownfire", "qwerty654321", "skaskaska", "worldofwarcraft", "avengedsevenfold"];
        let of_django = ["surethang", "brittany12", "friend of joan"];
        let of_zxcvbn_ts = ["shitfuck", "warcraft3", "blackberry"];
        for password in [&of_all_sources[..], &of_seclists, &of_django, &of_zxcvbn_ts].concat() {
            let capital = password[..1].to_uppercase() + &password[1..];
            for typed in [password, &capital, &password.to_uppercase()] {
                assert!(is_listed(typed), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_not_common_is_not_listed() {
        for password in [
            "passwort der tante",
            "xkq7vmw2",
            "1q2w3e4r5t6z",
            "trustnooneever",
            "пароль пароль",
            "splashdownfir",
            "password\n",
            "password123\npassword1234",
        ] {
            assert!(!is_listed(password), "{password}");
        }
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
    fn what_guessing_programs_make_of_listed_words_is_none_to_choose() {
        let is_word = |line: &&str| (8..CommonPasswords::COMPOUND_FROM).contains(&line.len());
        let words: Vec<_> = TEXT.lines().filter(is_word).collect();
        let mut unlisted = 0;
        for pair in words.chunks_exact(2).step_by(70) {
            let [word, next] = [pair[0], pair[1]];
            for guess in [
                word.repeat(2),
                format!("{word} {word}"),
                format!("{word}{next}"),
                format!("{word}123456789"),
                format!("!!!{word}!?!!"),
            ] {
                assert!(guess.len() >= CommonPasswords::COMPOUND_FROM && contains(&guess), "{guess}");
                unlisted += usize::from(!is_listed(&guess));
            }
        }
        assert!(unlisted >= 3_000, "{unlisted}");
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
}

//! Which passwords may be chosen.

use super::{EmailAddress, Password, PersonName, User, Username};
use crate::Rejection;

/// Which passwords may be chosen (NIST SP 800-63B-4 §3.1.1.2): long enough, and not the person's own words. There
/// are no rules of composition. Lists of common passwords are the `PasswordBlocklist` port's.
#[derive(Clone, Copy, Debug)]
pub struct PasswordPolicy {
    /// The fewest code points.
    pub min_length: usize,
}

/// Whose password it is to be, as far as that is known: the words it must not be.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordContext<'a> {
    /// The person's address.
    pub email: Option<&'a EmailAddress>,
    /// The person's username.
    pub username: Option<&'a Username>,
    /// The person's name.
    pub name: Option<&'a PersonName>,
}

impl<'a> PasswordContext<'a> {
    /// The words of someone who has an account.
    #[must_use]
    pub const fn of(user: &'a User) -> Self {
        Self { email: Some(&user.email), username: user.username.as_ref(), name: Some(&user.name) }
    }
}

impl PasswordPolicy {
    const PRODUCT: &'static str = "doorward";

    /// Whether this person may choose this password.
    pub fn check(&self, password: &Password, context: PasswordContext<'_>) -> Result<(), Rejection> {
        if password.expose().chars().count() < self.min_length {
            return Err(Rejection::TooShort { min: self.min_length });
        }
        let folded = fold(password.expose());
        let PasswordContext { email, username, name } = context;
        let full_name = name.map(PersonName::full);
        let words = [
            Some(Self::PRODUCT),
            email.map(EmailAddress::canonical),
            email.map(EmailAddress::local_part),
            email.map(EmailAddress::domain),
            username.map(Username::canonical),
            name.map(|name| name.first().as_str()),
            name.map(|name| name.last().as_str()),
            full_name.as_deref(),
        ];
        // Whole words, once or repeated: a password that merely contains a name may still be a good one.
        let is_a_word = words.into_iter().flatten().map(fold).any(|word| {
            !folded.is_empty()
                && !word.is_empty()
                && folded.len().is_multiple_of(word.len())
                && word.repeat(folded.len() / word.len()) == folded
        });
        if is_a_word { Err(Rejection::GuessablePassword) } else { Ok(()) }
    }
}

/// Letters and digits in lower case: `Jane-Doe` and `jane doe` are the same guess.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{PasswordContext, PasswordPolicy};
    use crate::{
        Rejection,
        user::{EmailAddress, Password, PersonName},
    };

    fn check(password: &str) -> Result<(), Rejection> {
        let email = EmailAddress::parse("jane.doe@example.com").unwrap();
        let part = |raw| PersonName::parse_part(raw).unwrap();
        let name = PersonName::new(part("Jane"), part("Doe"));
        let context = PasswordContext { email: Some(&email), username: None, name: Some(&name) };
        PasswordPolicy { min_length: 8 }.check(&Password::parse(password).unwrap(), context)
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(check("ééééééé"), Err(Rejection::TooShort { min: 8 }));
        assert_eq!(check("éééééééé"), Ok(()));
    }

    #[test]
    fn the_persons_own_words_are_refused_once_or_repeated() {
        for password in ["jane.doe@example.com", "Jane-Doe", "janejane", "DoorWard", "doorward doorward", "example.com"]
        {
            assert_eq!(check(password), Err(Rejection::GuessablePassword), "{password}");
        }
    }

    #[test]
    fn a_password_that_contains_a_name_may_still_be_chosen() {
        assert_eq!(check("jane likes long walks"), Ok(()));
    }

    #[test]
    fn punctuation_alone_is_no_word() {
        assert_eq!(check("!!!!!!!!"), Ok(()));
    }
}

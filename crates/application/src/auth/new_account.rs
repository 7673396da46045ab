//! The part that all share who make accounts: what was typed becomes a user with a profile.

use doorward_domain::{
    Role, Secret, Timestamp,
    profile::{Profile, ProfileSeed},
    user::{EmailAddress, Locale, Password, PersonName, User, UserStatus, Username, password_policy::PasswordContext},
};

use super::PasswordRules;
use crate::{FieldErrors, Ports};

/// What was typed to make an account. An absent text is an empty one.
pub(crate) struct AccountForm {
    pub(crate) email: String,
    /// The password, or none if it is to be chosen later.
    pub(crate) password: Option<Secret<String>>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) username: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) role: Role,
    pub(crate) profile: ProfileSeed,
}

/// The account that the form describes: every word of it is valid, and the password may be chosen.
pub(crate) struct NewAccount {
    pub(crate) user: User,
    pub(crate) profile: Profile,
    pub(crate) password: Option<Password>,
}

impl AccountForm {
    /// Reads every field, so that all that is wrong is told at once.
    pub(crate) fn read(&self, ports: &Ports, rules: &PasswordRules, now: Timestamp) -> Result<NewAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.keep("email", EmailAddress::parse(&self.email));
        let first = errors.keep("firstName", PersonName::parse_part(&self.first_name));
        let last = errors.keep("lastName", PersonName::parse_part(&self.last_name));
        let username = errors.keep_optional("username", typed(self.username.as_ref()), Username::parse);
        let locale = errors.keep_optional("locale", typed(self.locale.as_ref()), Locale::parse);
        let profile = Profile::begin(self.role, &self.profile)
            .map_err(|refused| refused.0.into_iter().for_each(|(field, rejection)| errors.refuse(field, rejection)))
            .ok();
        let name = first.zip(last).map(|(first, last)| PersonName::new(first, last));
        let password = match &self.password {
            None => Some(None),
            Some(password) => {
                let username = username.as_ref().and_then(Option::as_ref);
                let context = PasswordContext { email: email.as_ref(), username, name: name.as_ref() };
                errors.keep("password", rules.read(password, context)).map(Some)
            }
        };
        match (email, password, name, username, locale, profile) {
            (Some(email), Some(password), Some(name), Some(username), Some(locale), Some(profile))
                if errors.is_empty() =>
            {
                let user = User {
                    id: ports.ids.user_id(now),
                    email,
                    email_verified_at: None,
                    proof_due_at: None,
                    username,
                    name,
                    locale: locale.unwrap_or_default(),
                    role: self.role,
                    status: UserStatus::Active,
                    epoch: 0,
                    credential_version: 0,
                    created_at: now,
                    last_login_at: None,
                    deletes_at: None,
                };
                Ok(NewAccount { user, profile, password })
            }
            _ => Err(errors),
        }
    }
}

fn typed(raw: Option<&String>) -> Option<&str> {
    raw.map(String::as_str).filter(|typed| !typed.trim().is_empty())
}

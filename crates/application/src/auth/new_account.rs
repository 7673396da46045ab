//! The part that sign-up and `create-admin` share: what a person typed becomes a user with a profile.

use doorward_domain::{
    Rejection, Role, Secret, Timestamp,
    profile::{Profile, ProfileSeed},
    user::{EmailAddress, Password, PersonName, User, UserStatus, Username, password_policy::PasswordContext},
};

use crate::{FieldErrors, Ports, Settings};

/// What a person typed to get an account. An absent text is an empty one.
pub(crate) struct AccountForm {
    pub(crate) email: String,
    pub(crate) password: Secret<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) username: Option<String>,
    pub(crate) role: Role,
    pub(crate) profile: ProfileSeed,
}

/// The account that the form describes: every word of it is valid, and the password may be chosen.
pub(crate) struct NewAccount {
    pub(crate) user: User,
    pub(crate) profile: Profile,
    pub(crate) password: Password,
}

impl AccountForm {
    /// Reads every field, so that all that is wrong is told at once.
    pub(crate) fn read(&self, ports: &Ports, settings: &Settings, now: Timestamp) -> Result<NewAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.keep("email", EmailAddress::parse(&self.email));
        let password = errors.keep("password", Password::parse(self.password.expose()));
        let first = errors.keep("firstName", PersonName::parse_part(&self.first_name));
        let last = errors.keep("lastName", PersonName::parse_part(&self.last_name));
        let username = self.username.as_deref().filter(|typed| !typed.trim().is_empty());
        let username = errors.keep_optional("username", username, Username::parse);
        let profile = Profile::begin(self.role, &self.profile)
            .map_err(|refused| refused.0.into_iter().for_each(|(field, rejection)| errors.refuse(field, rejection)))
            .ok();
        let name = first.zip(last).map(|(first, last)| PersonName::new(first, last));
        if let Some(password) = &password {
            let username = username.as_ref().and_then(Option::as_ref);
            let context = PasswordContext { email: email.as_ref(), username, name: name.as_ref() };
            if let Err(rejection) = settings.passwords.check(password, context) {
                errors.refuse("password", rejection);
            } else if ports.blocklists.iter().any(|list| list.contains(password)) {
                errors.refuse("password", Rejection::CommonPassword);
            }
        }
        match (email, password, name, username, profile) {
            (Some(email), Some(password), Some(name), Some(username), Some(profile)) if errors.is_empty() => {
                let user = User {
                    id: ports.ids.user_id(now),
                    email,
                    email_verified_at: None,
                    username,
                    name,
                    role: self.role,
                    status: UserStatus::Active,
                    epoch: 0,
                    credential_version: 0,
                    created_at: now,
                    last_login_at: None,
                };
                Ok(NewAccount { user, profile, password })
            }
            _ => Err(errors),
        }
    }
}

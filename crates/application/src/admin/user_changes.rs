//! What an administrator typed becomes changes of a user.

use doorward_domain::{
    Role,
    text::Line,
    user::{Locale, PersonName, User, Username},
};

use super::UpdateUserCommand;
use crate::FieldErrors;

/// What to change of a user beside the profile.
pub(super) struct UserChanges {
    first: Option<Line>,
    last: Option<Line>,
    username: UsernameChange,
    locale: Option<Locale>,
    pub(super) role: Option<Role>,
}

enum UsernameChange {
    Kept,
    TakenAway,
    To(Username),
}

impl UserChanges {
    /// Reads every field, so that all that is wrong is told at once.
    pub(super) fn read(command: &UpdateUserCommand) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let first = errors.keep_optional("firstName", command.first_name.as_deref(), PersonName::parse_part);
        let last = errors.keep_optional("lastName", command.last_name.as_deref(), PersonName::parse_part);
        let username = match &command.username {
            Some(Some(raw)) => errors.keep("username", Username::parse(raw)).map(UsernameChange::To),
            Some(None) => Some(UsernameChange::TakenAway),
            None => Some(UsernameChange::Kept),
        };
        let locale = errors.keep_optional("locale", command.locale.as_deref(), Locale::parse);
        let role = command.role.as_ref().map(|role| role.name.as_str());
        let role = errors.keep_optional("role", role, Role::parse);
        match (first, last, username, locale, role) {
            (Some(first), Some(last), Some(username), Some(locale), Some(role)) => {
                Ok(Self { first, last, username, locale, role })
            }
            _ => Err(errors),
        }
    }

    /// Whether there are others than the role.
    pub(super) const fn edit_more_than_the_role(&self) -> bool {
        let keeps_username = matches!(self.username, UsernameChange::Kept);
        self.first.is_some() || self.last.is_some() || self.locale.is_some() || !keeps_username
    }

    /// Makes the changes.
    pub(super) fn apply_to(self, user: &mut User) {
        let Self { first, last, username, locale, role } = self;
        user.name = PersonName::new(
            first.unwrap_or_else(|| user.name.first().clone()),
            last.unwrap_or_else(|| user.name.last().clone()),
        );
        match username {
            UsernameChange::Kept => {}
            UsernameChange::TakenAway => user.username = None,
            UsernameChange::To(username) => user.username = Some(username),
        }
        if let Some(locale) = locale {
            user.locale = locale;
        }
        if let Some(role) = role.filter(|role| *role != user.role) {
            user.role = role;
            user.epoch += 1;
            // An administrator vouches for another; the last one must not go because a link was never followed.
            if role == Role::Admin {
                user.proof_due_at = None;
            }
        }
    }
}

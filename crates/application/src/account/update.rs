//! Changes that a user makes to their own account.

use doorward_domain::{
    audit::AuditKind,
    profile::{Profile, ProfileChange},
    user::{Locale, PersonName, User, Username},
};
use thiserror::Error;

use crate::{
    Actor, Fault, FieldErrors, Ports,
    fault::faults_of,
    ports::{Access, UpdateUserError},
    trail::{Entry, Trail},
};

/// What to change; `None` leaves a field as it is.
#[derive(Default)]
pub struct UpdateAccountCommand {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The username; `Some(None)` gives it up.
    pub username: Option<Option<String>>,
    /// The language to write to the user in.
    pub locale: Option<String>,
    /// The profile.
    pub profile: Option<ProfileChange>,
}

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum UpdateAccountError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// The username is another user's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The user's role has changed since the request began: the change was made for another profile.
    #[error("the user's role has changed")]
    RoleChanged,
    /// The session ended while the request was on its way, or the user is no more.
    #[error("the session has ended")]
    SessionEnded,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(UpdateAccountError);

/// Changes the signed-in user's names and profile.
pub struct UpdateAccount {
    ports: Ports,
    trail: Trail,
}

impl UpdateAccount {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Makes the changes, all of them or none, and returns what there is then.
    pub async fn execute(
        &self,
        actor: &Actor,
        command: UpdateAccountCommand,
    ) -> Result<(User, Profile), UpdateAccountError> {
        let mut errors = FieldErrors::default();
        let first = errors.keep_optional("firstName", command.first_name.as_deref(), PersonName::parse_part);
        let last = errors.keep_optional("lastName", command.last_name.as_deref(), PersonName::parse_part);
        let username = match &command.username {
            Some(Some(raw)) => errors.keep("username", Username::parse(raw)).map(|name| Some(Some(name))),
            Some(None) => Some(Some(None)),
            None => Some(None),
        };
        let locale = errors.keep_optional("locale", command.locale.as_deref(), Locale::parse);
        let (Some(first), Some(last), Some(username), Some(locale)) = (first, last, username, locale) else {
            return Err(UpdateAccountError::Invalid(errors));
        };

        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let mut user = unit.users().lock(actor.user.id).await?.ok_or(UpdateAccountError::SessionEnded)?;
        actor.still_signed_in(unit.as_mut(), now).await?.ok_or(UpdateAccountError::SessionEnded)?;
        let profile = unit.profiles().find(user.id, user.role).await?;
        let mut profile = profile.ok_or(Fault::Inconsistent("a user has no profile"))?;
        let before = (user.clone(), profile.clone());
        user.name = PersonName::new(
            first.unwrap_or_else(|| user.name.first().clone()),
            last.unwrap_or_else(|| user.name.last().clone()),
        );
        if let Some(username) = username {
            user.username = username;
        }
        if let Some(locale) = locale {
            user.locale = locale;
        }
        if let Some(change) = command.profile {
            profile.apply(change).map_err(|_| UpdateAccountError::RoleChanged)?;
        }
        let after = (user, profile);
        if after == before {
            return Ok(after);
        }
        let (user, profile) = after;
        unit.users().update(&user).await.map_err(|refused| match refused {
            UpdateUserError::Taken(_) => UpdateAccountError::UsernameTaken,
            UpdateUserError::Store(cause) => cause.into(),
        })?;
        unit.profiles().update(user.id, &profile).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::AccountUpdated, actor), now).await?;
        unit.commit().await?;
        Ok((user, profile))
    }
}

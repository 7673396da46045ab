//! Changes that an administrator makes to a user.

use doorward_domain::{
    Role, Timestamp, UserId,
    audit::AuditKind,
    profile::{Profile, ProfileChange, ProfileSeed, RefusedFields},
    user::User,
};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of, user_changes::UserChanges};
use crate::{
    Actor, Fault, FieldErrors, Forbidden, Ports,
    fault::faults_of,
    ports::{Access, UnitOfWork, UpdateUserError as NotUpdated},
    trail::{Entry, Trail},
};

/// What to change; `None` leaves a field as it is.
#[derive(Default)]
pub struct UpdateUserCommand {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The username; `Some(None)` takes it away.
    pub username: Option<Option<String>>,
    /// The language to write to the user in.
    pub locale: Option<String>,
    /// The role.
    pub role: Option<NewRole>,
    /// The profile of the role that the user has then.
    pub profile: Option<ProfileChange>,
}

/// The role that a user is to have.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// The role by name.
    pub name: String,
    /// What its profile begins with. The profile of a user who had the role before comes back as it was instead.
    pub profile: ProfileSeed,
}

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum UpdateUserError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such user.
    #[error("not found")]
    NotFound,
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// The username is another user's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The user has not the role that the change of the profile was made for.
    #[error("the user has another role")]
    AnotherRole,
    /// The platform would be left without an administrator.
    #[error("the last administrator")]
    LastAdmin,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(UpdateUserError);
authority_of!(UpdateUserError);

impl From<RefusedFields> for UpdateUserError {
    fn from(refused: RefusedFields) -> Self {
        let mut errors = FieldErrors::default();
        refused.0.into_iter().for_each(|(field, rejection)| errors.refuse(field, rejection));
        Self::Invalid(errors)
    }
}

/// Changes a user's names, language, profile and role.
pub struct UpdateUser {
    ports: Ports,
    trail: Trail,
}

impl UpdateUser {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Makes the changes, all of them or none, and returns what there is then. With another role the tokens that say
    /// the old one are stale, and the old profile is put away.
    pub async fn execute(
        &self,
        actor: &Actor,
        id: UserId,
        command: UpdateUserCommand,
    ) -> Result<(User, Profile), UpdateUserError> {
        actor.require_admin()?;
        let changes = UserChanges::read(&command).map_err(UpdateUserError::Invalid)?;
        let seed = command.role.map(|role| role.profile).unwrap_or_default();

        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let demotes = changes.role.is_some_and(|role| role != Role::Admin);
        let admins = if demotes { unit.users().lock_active_admins().await? } else { Vec::new() };
        let found = unit.users().lock(id).await?;
        authorised(unit.as_mut(), actor, now).await?;
        let mut user = found.ok_or(UpdateUserError::NotFound)?;
        if admins == [user.id] {
            return Err(UpdateUserError::LastAdmin);
        }
        let old_role = user.role;
        let edits = changes.edit_more_than_the_role() || command.profile.is_some();
        changes.apply_to(&mut user);
        unit.users().update(&user).await.map_err(|refused| match refused {
            NotUpdated::Taken(_) => UpdateUserError::UsernameTaken,
            NotUpdated::Store(cause) => cause.into(),
        })?;
        let mut profile = take_profile(unit.as_mut(), &user, old_role, &seed, now).await?;
        if let Some(change) = command.profile {
            profile.apply(change).map_err(|_| UpdateUserError::AnotherRole)?;
            unit.profiles().update(user.id, &profile).await?;
        }
        if edits {
            let entry = Entry::by(AuditKind::UserUpdated, actor).to(user.id);
            self.trail.record(unit.as_mut(), entry, now).await?;
        }
        if user.role != old_role {
            let entry = Entry::by(AuditKind::RoleChanged, actor).to(user.id).detail(user.role.as_str());
            self.trail.record(unit.as_mut(), entry, now).await?;
        }
        unit.commit().await?;
        Ok((user, profile))
    }
}

/// The profile of the user's role. Where the role is new, the old profile is put away, and the new one is what the user
/// had in this role before, or begins.
async fn take_profile(
    unit: &mut dyn UnitOfWork,
    user: &User,
    old_role: Role,
    seed: &ProfileSeed,
    now: Timestamp,
) -> Result<Profile, UpdateUserError> {
    if user.role == old_role {
        let profile = unit.profiles().find(user.id, user.role).await?;
        return Ok(profile.ok_or(Fault::Inconsistent("a user has no profile"))?);
    }
    unit.profiles().archive(user.id, old_role, now).await?;
    if let Some(profile) = unit.profiles().restore(user.id, user.role).await? {
        return Ok(profile);
    }
    let profile = Profile::begin(user.role, seed)?;
    unit.profiles().insert(user.id, &profile).await?;
    Ok(profile)
}

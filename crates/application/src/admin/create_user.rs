//! An account that an administrator makes for someone.

use doorward_domain::{
    Role,
    audit::AuditKind,
    profile::{Profile, ProfileSeed},
    user::User,
};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of};
use crate::{
    Actor, Fault, FieldErrors, Forbidden, Ports, Settings,
    auth::{AccountForm, NewAccount, PasswordRules},
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, InsertUserError, MessageKind},
    trail::{Entry, Trail},
};

/// Whose account it is to be. Texts that are absent are empty.
pub struct CreateUserCommand {
    /// The address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// A second name to sign in with.
    pub username: Option<String>,
    /// The role by name, any.
    pub role: String,
    /// What the role's profile begins with.
    pub profile: ProfileSeed,
    /// The language to write to the user in.
    pub locale: Option<String>,
}

/// Why no account was made. Nothing was written.
#[derive(Debug, Error)]
pub enum CreateUserError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// The address has an account.
    #[error("the address is taken")]
    UserAlreadyExists,
    /// The username is another user's.
    #[error("the username is taken")]
    UsernameTaken,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(CreateUserError);
authority_of!(CreateUserError);

/// Makes an account without a password: its owner chooses the first one by the link of a mail, and proves the address
/// by that. The rules about who may sign up by themselves do not hold.
pub struct CreateUser {
    ports: Ports,
    rules: PasswordRules,
    post: Post,
    trail: Trail,
}

impl CreateUser {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            rules: PasswordRules::new(ports, settings),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Makes the account, and writes to its owner.
    pub async fn execute(&self, actor: &Actor, command: CreateUserCommand) -> Result<(User, Profile), CreateUserError> {
        actor.require_admin()?;
        let now = self.ports.clock.now();
        let mut errors = FieldErrors::default();
        let role = errors.keep("role", Role::parse(&command.role));
        let form = AccountForm {
            email: command.email,
            password: None,
            first_name: command.first_name,
            last_name: command.last_name,
            username: command.username,
            locale: command.locale,
            // A role that is none must not hide what else is wrong.
            role: role.unwrap_or(Role::Candidate),
            profile: command.profile,
        };
        let account = form.read(&self.ports, &self.rules, now).map_err(|refused| errors.0.extend(refused.0)).ok();
        let Some(NewAccount { user, profile, .. }) = account.filter(|_| errors.is_empty()) else {
            return Err(CreateUserError::Invalid(errors));
        };

        let mut unit = self.ports.store.begin(Access::Write).await?;
        authorised(unit.as_mut(), actor, now).await?;
        unit.users().insert(&user, None).await.map_err(|refused| match refused {
            InsertUserError::Taken(taken) if taken.email => CreateUserError::UserAlreadyExists,
            InsertUserError::Taken(_) => CreateUserError::UsernameTaken,
            InsertUserError::Store(cause) => cause.into(),
        })?;
        unit.profiles().insert(user.id, &profile).await?;
        self.post.write(unit.as_mut(), &user, MessageKind::AccountCreated, Facts::default(), now).await?;
        let entry = Entry::by(AuditKind::UserCreated, actor).to(user.id).detail(user.role.as_str());
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok((user, profile))
    }
}

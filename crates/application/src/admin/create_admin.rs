//! The first administrator.

use doorward_domain::{Role, Secret, UserId, audit::AuditKind, profile::ProfileSeed};
use thiserror::Error;

use crate::{
    Fault, FieldErrors, Ports, Settings,
    auth::{AccountForm, NewAccount, PasswordRules},
    fault::faults_of,
    ports::{Access, InsertUserError},
    trail::{Entry, Trail},
};

/// Who the administrator is.
pub struct CreateAdminCommand {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

/// Why no administrator was made.
#[derive(Debug, Error)]
pub enum CreateAdminError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// The address has an account.
    #[error("an account with this address exists")]
    UserAlreadyExists,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(CreateAdminError);

/// Makes an administrator. It has no actor: whoever can run the binary on the database is trusted already, and so
/// is the address, which counts as proven.
pub struct CreateAdmin {
    ports: Ports,
    rules: PasswordRules,
    trail: Trail,
}

impl CreateAdmin {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), rules: PasswordRules::new(ports, settings), trail: Trail::new(ports) }
    }

    /// Makes the account; nobody is signed in and no mail is sent.
    pub async fn execute(&self, command: CreateAdminCommand) -> Result<UserId, CreateAdminError> {
        let now = self.ports.clock.now();
        let form = AccountForm {
            email: command.email,
            password: Some(command.password),
            first_name: command.first_name,
            last_name: command.last_name,
            username: None,
            locale: None,
            role: Role::Admin,
            profile: ProfileSeed::default(),
        };
        let NewAccount { mut user, profile, password } =
            form.read(&self.ports, &self.rules, now).map_err(CreateAdminError::Invalid)?;
        user.email_verified_at = Some(now);
        let hash = match &password {
            Some(password) => Some(self.ports.hasher.hash(password).await?),
            None => None,
        };
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.users().insert(&user, hash.as_ref()).await.map_err(|refused| match refused {
            InsertUserError::Taken(_) => CreateAdminError::UserAlreadyExists,
            InsertUserError::Store(cause) => cause.into(),
        })?;
        unit.profiles().insert(user.id, &profile).await?;
        let entry = Entry::alone(AuditKind::UserCreated, user.id).detail(Role::Admin.as_str());
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(user.id)
    }
}

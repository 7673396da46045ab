//! Sign-in (seeds 001 to 004).

use doorward_domain::{
    Rejection, Secret, Timestamp,
    session::Device,
    user::{Identifier, Password, PasswordHash, User},
};
use thiserror::Error;

use super::{
    Presented, SignedIn,
    open_session::{Opening, SessionOpener},
};
use crate::{
    Fault, FieldErrors, Ports, Settings,
    fault::faults_of,
    ports::{Access, HashError, UpdateUserError, Verdict},
};

/// What a sign-in says.
pub struct LogInCommand {
    /// The address or the username.
    pub identifier: String,
    /// The password.
    pub password: Secret<String>,
    /// Whether the browser is to keep its cookies.
    pub remembered: bool,
    /// From what and where.
    pub device: Device,
    /// The tokens that the browser had already.
    pub presented: Presented,
}

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// The password cannot be one.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// No such user, or not the password. Which of them is not told, not even by the time it takes.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The right password of a deactivated user.
    #[error("the account is deactivated")]
    Deactivated,
    /// The right password of a user who must prove the address first.
    #[error("the address is not proven")]
    EmailNotVerified,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(LogInError);

/// Opens a session for a password.
pub struct LogIn {
    ports: Ports,
    require_verified_email: bool,
    sessions: SessionOpener,
}

/// A password that was right, and for which version of the user's credentials.
struct Proof {
    user: User,
    rehashed: Option<PasswordHash>,
}

impl LogIn {
    /// How often a sign-in starts again because the password was changed meanwhile.
    const ATTEMPTS: usize = 3;

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            require_verified_email: settings.registration.require_verified_email,
            sessions: SessionOpener::new(ports, settings),
        }
    }

    /// Signs a person in.
    ///
    /// The password is compared outside of any writing unit, because that takes long; the unit that opens the
    /// session then locks the user and looks whether the password is still the one that was compared. So no
    /// session that was opened with an old password outlives the change of it.
    pub async fn execute(&self, command: LogInCommand) -> Result<SignedIn, LogInError> {
        let mut errors = FieldErrors::default();
        if command.identifier.trim().is_empty() {
            errors.refuse("email", Rejection::Required);
        }
        let Some(password) =
            errors.keep("password", Password::parse(command.password.expose())).filter(|_| errors.is_empty())
        else {
            return Err(LogInError::Invalid(errors));
        };
        // What cannot be anyone's name is nobody's: the same answer as an unknown name, after the same work.
        let identifier = Identifier::parse(&command.identifier).ok();
        let replaces = command.presented.session_id(&self.ports);
        for _ in 0..Self::ATTEMPTS {
            let proof = self.prove(identifier.as_ref(), &password).await?;
            let opening = Opening { device: command.device.clone(), remembered: command.remembered, replaces };
            if let Some(signed_in) = self.open(proof, opening).await? {
                return Ok(signed_in);
            }
        }
        Err(Fault::Contended.into())
    }

    /// Compares the password with what is stored.
    async fn prove(&self, identifier: Option<&Identifier>, password: &Password) -> Result<Proof, LogInError> {
        let found = match identifier {
            Some(identifier) => self.ports.store.begin(Access::Read).await?.users().find_credential(identifier).await?,
            None => None,
        };
        let Some((user, stored)) = found else {
            self.ports.hasher.verify_nobody(password).await?;
            return Err(LogInError::InvalidCredentials);
        };
        match self.ports.hasher.verify(password, &stored).await? {
            Verdict::Mismatch => Err(LogInError::InvalidCredentials),
            Verdict::Match { rehash: false } => Ok(Proof { user, rehashed: None }),
            Verdict::Match { rehash: true } => match self.ports.hasher.hash(password).await {
                Ok(hash) => Ok(Proof { user, rehashed: Some(hash) }),
                // The password was right; the better hash can wait for a quieter sign-in.
                Err(HashError::Overloaded) => Ok(Proof { user, rehashed: None }),
                Err(cause) => Err(cause.into()),
            },
        }
    }

    /// Opens the session, unless the password was changed since it was compared.
    async fn open(&self, proof: Proof, opening: Opening) -> Result<Option<SignedIn>, LogInError> {
        let now: Timestamp = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let Some(mut user) = unit.users().lock(proof.user.id).await? else { return Ok(None) };
        if user.credential_version != proof.user.credential_version {
            return Ok(None);
        }
        if !user.status.is_active() {
            return Err(LogInError::Deactivated);
        }
        if self.require_verified_email && user.email_verified_at.is_none() {
            return Err(LogInError::EmailNotVerified);
        }
        if let Some(hash) = &proof.rehashed {
            unit.users().replace_password_hash(user.id, hash).await?;
        }
        user.last_login_at = Some(now);
        match unit.users().update(&user).await {
            Ok(()) => {}
            Err(UpdateUserError::Store(cause)) => return Err(cause.into()),
            Err(UpdateUserError::UsernameTaken) => return Err(Fault::Inconsistent("a username is not unique").into()),
        }
        let profile = unit.profiles().find(user.id, user.role).await?;
        let profile = profile.ok_or(Fault::Inconsistent("a user has no profile"))?;
        let tokens = self.sessions.open(unit.as_mut(), &user, opening, now).await?;
        unit.commit().await?;
        Ok(Some(SignedIn { user, profile, tokens }))
    }
}

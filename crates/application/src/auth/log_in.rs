//! Sign-in (seeds 001 to 004).

use std::sync::Arc;

use doorward_domain::{
    Rejection, Secret, Timestamp, UserId,
    audit::AuditKind,
    session::Device,
    user::{Identifier, Password, PasswordHash, User},
};
use thiserror::Error;

use super::{
    Presented, SignedIn,
    comparison::{Compared, Comparison},
    open_session::{Opening, SessionOpener},
};
use crate::{
    Fault, FieldErrors, Ports, Settings,
    fault::faults_of,
    mail::Post,
    ports::{Access, Event, Facts, KnownDevice, MessageKind, UnitOfWork},
    settings::RegistrationRules,
    throttle::{DeviceTokens, KnownBrowser, Throttle, Whose},
    trail::{Entry, Trail},
};

/// What a sign-in says.
pub struct LogInCommand {
    /// The address or the username.
    pub identifier: String,
    /// The password.
    pub password: Secret<String>,
    /// Keeps an account after all that is going to be deleted.
    pub restore: bool,
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
    /// The right password of a user whose account goes at this moment, unless a sign-in asks to keep it.
    #[error("the account is going to be deleted")]
    DeletionPending(Timestamp),
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(LogInError);

impl LogInError {
    /// Why, in a word for the audit log and the count of sign-ins.
    const fn word(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Deactivated => "account_deactivated",
            Self::EmailNotVerified => "email_not_verified",
            Self::DeletionPending(_) => "deletion_pending",
            Self::Fault(Fault::Throttled(_)) => "throttled",
            Self::Fault(_) => "fault",
        }
    }
}

/// Opens a session for a password.
pub struct LogIn {
    ports: Ports,
    rules: RegistrationRules,
    throttle: Arc<Throttle>,
    device_tokens: DeviceTokens,
    comparison: Comparison,
    sessions: SessionOpener,
    post: Post,
    trail: Trail,
}

impl LogIn {
    /// All that can come of a sign-in, in words: the success, and the word of each error.
    pub const OUTCOMES: [&str; 8] = [
        "signed_in",
        "invalid",
        "invalid_credentials",
        "account_deactivated",
        "email_not_verified",
        "deletion_pending",
        "throttled",
        "fault",
    ];

    /// How often a sign-in starts again because the password was changed meanwhile.
    const ATTEMPTS: usize = 3;

    pub(super) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            ports: ports.clone(),
            rules: settings.registration.clone(),
            throttle: Arc::clone(throttle),
            device_tokens: DeviceTokens::new(ports),
            comparison: Comparison::new(ports),
            sessions: SessionOpener::new(ports, settings),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Signs a person in.
    ///
    /// The password is compared outside of any writing unit, because that takes long; the unit that opens the
    /// session then locks the user and looks whether the password is still the one that was compared. So no
    /// session that was opened with an old password outlives the change of it.
    pub async fn execute(&self, command: LogInCommand) -> Result<SignedIn, LogInError> {
        let done = self.attempt(command).await;
        let outcome = done.as_ref().map_or_else(LogInError::word, |_| "signed_in");
        self.ports.meter.count(Event::SignIn(outcome));
        done
    }

    async fn attempt(&self, command: LogInCommand) -> Result<SignedIn, LogInError> {
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
        let shown = command.presented.device_token.as_ref();
        let browser = shown.and_then(|token| self.device_tokens.read(token, self.ports.clock.now()));
        for _ in 0..Self::ATTEMPTS {
            let found = self.comparison.find(identifier.as_ref()).await?;
            let whose = match (&found, &identifier) {
                (Some((user, _)), _) => Whose::User(user),
                (None, Some(identifier)) => Whose::Nobody(identifier),
                (None, None) => Whose::Noname(command.identifier.trim()),
            };
            let known = browser.filter(|browser| matches!(whose, Whose::User(user) if user.id == browser.user_id));
            let attempt = self.throttle.sign_in(whose, &command.device, known).await?;
            let compared = match self.comparison.compare(found, &password).await {
                Ok(compared) => compared,
                Err(fault) => {
                    attempt.was_none().await;
                    return Err(fault.into());
                }
            };
            match compared {
                Compared::Wrong(user_id) => {
                    let unit = self.ports.store.begin(Access::Write).await?;
                    return Err(self.refuse(unit, &command, user_id, LogInError::InvalidCredentials).await);
                }
                Compared::Right { user, rehashed } => {
                    match self.open(&command, &user, rehashed.as_ref(), known).await {
                        Ok(Some(signed_in)) => {
                            attempt.succeeded().await;
                            return Ok(signed_in);
                        }
                        // What nobody is told was right counts as wrong.
                        Err(LogInError::InvalidCredentials) => return Err(LogInError::InvalidCredentials),
                        Err(LogInError::Fault(fault)) => {
                            attempt.was_none().await;
                            return Err(fault.into());
                        }
                        Err(refused) => {
                            attempt.succeeded().await;
                            return Err(refused);
                        }
                        Ok(None) => attempt.was_none().await,
                    }
                }
            }
        }
        Err(Fault::Contended.into())
    }

    /// Opens the session, unless the password was changed since it was compared.
    async fn open(
        &self,
        command: &LogInCommand,
        compared: &User,
        rehashed: Option<&PasswordHash>,
        browser: Option<KnownBrowser>,
    ) -> Result<Option<SignedIn>, LogInError> {
        let now: Timestamp = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let Some(mut user) = unit.users().lock(compared.id).await? else { return Ok(None) };
        if user.credential_version != compared.credential_version {
            return Ok(None);
        }
        if let Some(refused) = self.refusal(&user, command) {
            return Err(self.refuse(unit, command, Some(user.id), refused).await);
        }
        if user.deletes_at.take().is_some() {
            user.epoch += 1;
            unit.users().update(&user).await?;
            let entry = Entry::of(AuditKind::DeletionCancelled, user.id, command.device.clone());
            self.trail.record(unit.as_mut(), entry, now).await?;
        }
        if let Some(hash) = rehashed {
            unit.users().set_password_hash(user.id, Some(hash)).await?;
        }
        user.last_login_at = Some(now);
        unit.users().record_login(user.id, now).await?;
        let profile = unit.profiles().find(user.id, user.role).await?;
        let profile = profile.ok_or(Fault::Inconsistent("a user has no profile"))?;
        if unit.sessions().knows_device(user.id, &command.device.label()).await? == KnownDevice::Unknown {
            let facts = Facts::of_device(&command.device);
            self.post.notify(unit.as_mut(), &user, MessageKind::NewDevice, facts, now).await?;
        }
        let opening = Opening {
            device: command.device.clone(),
            remembered: command.remembered,
            replaces: command.presented.session_id(&self.ports),
        };
        let (session_id, tokens) = self.sessions.open(unit.as_mut(), &user, opening, now).await?;
        let entry = Entry::of(AuditKind::SignedIn, user.id, command.device.clone()).in_session(session_id);
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        let device_token = command.remembered.then(|| self.device_tokens.issue(user.id, browser, now));
        Ok(Some(SignedIn { user, profile, tokens, device_token }))
    }

    /// Why the right password opens no session.
    fn refusal(&self, user: &User, command: &LogInCommand) -> Option<LogInError> {
        if !user.status.is_active() {
            return Some(LogInError::Deactivated);
        }
        if self.rules.require_verified_email && user.email_verified_at.is_none() {
            // Whoever signed up knows the password that was chosen then: to tell it right would tell that the address
            // was free.
            let hidden = !self.rules.reveal_existing_accounts;
            return Some(if hidden { LogInError::InvalidCredentials } else { LogInError::EmailNotVerified });
        }
        user.deletes_at.filter(|_| !command.restore).map(LogInError::DeletionPending)
    }

    /// Writes down that a sign-in was refused, before it is.
    async fn refuse(
        &self,
        mut unit: Box<dyn UnitOfWork>,
        command: &LogInCommand,
        user_id: Option<UserId>,
        refused: LogInError,
    ) -> LogInError {
        let entry = Entry::typed(AuditKind::SignInFailed, &command.identifier, command.device.clone());
        let entry = entry.to(user_id).detail(refused.word());
        let written = async {
            self.trail.record(unit.as_mut(), entry, self.ports.clock.now()).await?;
            unit.commit().await
        };
        written.await.map_or_else(LogInError::from, |()| refused)
    }
}

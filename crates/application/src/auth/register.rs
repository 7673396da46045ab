//! Sign-up (seeds 000 and 004).

use doorward_domain::{
    Digest, Rejection, Role, Secret, Timestamp,
    profile::{Profile, ProfileSeed},
    session::Device,
    token::{OneTimePurpose, OneTimeToken},
    user::{Identifier, User},
};
use thiserror::Error;

use super::{
    AccountForm, NewAccount, Presented, SignedIn,
    open_session::{Opening, SessionOpener},
};
use crate::{
    Fault, FieldErrors, Ports, Settings,
    fault::faults_of,
    ports::{Access, InsertUserError, Message, MessageContent, UnitOfWork},
    settings::RegistrationRules,
};

/// What a sign-up says. Texts that are absent are empty.
pub struct RegisterCommand {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// A second name to sign in with.
    pub username: Option<String>,
    /// The role by name; a candidate if none is named.
    pub role: Option<String>,
    /// What the role's profile begins with.
    pub profile: ProfileSeed,
    /// The token of an invitation.
    pub invitation: Option<Secret<String>>,
    /// Whether the browser is to keep its cookies.
    pub remembered: bool,
    /// From what and where.
    pub device: Device,
    /// The tokens that the browser had already.
    pub presented: Presented,
}

/// What became of a sign-up.
pub enum Registered {
    /// The user is there and signed in.
    SignedIn(Box<SignedIn>),
    /// The user is there and must prove the address before the first sign-in.
    Unverified {
        /// Who.
        user: Box<User>,
        /// The profile of the user's role.
        profile: Box<Profile>,
    },
    /// The owner of the address learns by mail what became of it; nobody else does.
    Accepted,
}

/// Why nobody was signed up. Nothing was written.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// This deployment takes no sign-ups.
    #[error("sign-up is closed")]
    Closed,
    /// The role cannot be chosen without an invitation.
    #[error("the role is not self-service")]
    RoleNotAllowed,
    /// The invitation is not good.
    #[error("the invitation is not good")]
    InvalidInvitation,
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

faults_of!(RegisterError);

/// Makes an account: user, profile, verification mail and, unless the address must be proven first, a session, all
/// in one unit.
pub struct Register {
    ports: Ports,
    settings: Settings,
    sessions: SessionOpener,
}

impl Register {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), settings: settings.clone(), sessions: SessionOpener::new(ports, settings) }
    }

    /// Signs a person up.
    pub async fn execute(&self, command: RegisterCommand) -> Result<Registered, RegisterError> {
        let rules = &self.settings.registration;
        let now = self.ports.clock.now();
        let role = Self::authorise(rules, &command)?;
        let opening = Opening {
            device: command.device,
            remembered: command.remembered,
            replaces: command.presented.session_id(&self.ports),
        };
        let form = AccountForm {
            email: command.email,
            password: command.password,
            first_name: command.first_name,
            last_name: command.last_name,
            username: command.username,
            role,
            profile: command.profile,
        };
        let NewAccount { mut user, profile, password } =
            form.read(&self.ports, &self.settings, now).map_err(RegisterError::Invalid)?;
        let mut errors = FieldErrors::default();
        if !rules.allowed_domains.is_empty()
            && !rules.allowed_domains.iter().any(|domain| domain == user.email.domain())
        {
            errors.refuse("email", Rejection::DomainNotAllowed);
        }
        // Whether a username was taken by this sign-up would tell whether its address was free.
        if !rules.reveal_existing_accounts && user.username.is_some() {
            errors.refuse("username", Rejection::ChosenLater);
        }
        if !errors.is_empty() {
            return Err(RegisterError::Invalid(errors));
        }
        // Hashed before it is known whether the address is free: the answer takes as long either way.
        let hash = self.ports.hasher.hash(&password).await?;

        let signs_in = rules.reveal_existing_accounts && !rules.require_verified_email;
        user.last_login_at = signs_in.then_some(now);
        let mut unit = self.ports.store.begin(Access::Write).await?;
        match unit.users().insert(&user, &hash).await {
            Ok(()) => {}
            Err(InsertUserError::Taken { email: true, .. }) if rules.reveal_existing_accounts => {
                return Err(RegisterError::UserAlreadyExists);
            }
            Err(InsertUserError::Taken { email: true, .. }) => {
                self.tell_owner(unit.as_mut(), user, now).await?;
                unit.commit().await?;
                return Ok(Registered::Accepted);
            }
            Err(InsertUserError::Taken { email: false, .. }) => return Err(RegisterError::UsernameTaken),
            Err(InsertUserError::Store(cause)) => return Err(cause.into()),
        }
        unit.profiles().insert(user.id, &profile).await?;
        self.ask_for_proof(unit.as_mut(), &user, now).await?;
        let tokens = if signs_in { Some(self.sessions.open(unit.as_mut(), &user, opening, now).await?) } else { None };
        unit.commit().await?;

        Ok(match tokens {
            Some(tokens) => Registered::SignedIn(Box::new(SignedIn { user, profile, tokens })),
            None if rules.reveal_existing_accounts => {
                Registered::Unverified { user: Box::new(user), profile: Box::new(profile) }
            }
            None => Registered::Accepted,
        })
    }

    /// The role that this sign-up may have.
    fn authorise(rules: &RegistrationRules, command: &RegisterCommand) -> Result<Role, RegisterError> {
        if !rules.enabled {
            return Err(RegisterError::Closed);
        }
        let mut errors = FieldErrors::default();
        let role = match command.role.as_deref() {
            None => Role::Candidate,
            Some(name) => errors.keep("role", Role::parse(name)).ok_or(RegisterError::Invalid(errors))?,
        };
        if !rules.self_service_roles.contains(&role) {
            return Err(RegisterError::RoleNotAllowed);
        }
        if command.invitation.is_some() {
            return Err(RegisterError::InvalidInvitation);
        }
        Ok(role)
    }

    /// Writes the mail that asks for proof of the address.
    async fn ask_for_proof(&self, unit: &mut dyn UnitOfWork, user: &User, now: Timestamp) -> Result<(), Fault> {
        let purpose = OneTimePurpose::VerifyEmail;
        let token = self.ports.secrets.bytes32();
        let expires_at = now + purpose.lifetime();
        let stored = OneTimeToken {
            id: self.ports.ids.one_time_token_id(now),
            user_id: user.id,
            purpose,
            address: user.email.clone(),
            digest: Digest::of(token.expose()),
            created_at: now,
            expires_at,
        };
        unit.one_time_tokens().insert(&stored).await?;
        let content = MessageContent::VerifyEmail { token, expires_at };
        Ok(unit.outbox().push(&self.message(user, content, now)).await?)
    }

    /// Tells the owner of a taken address that someone tried to sign up with it.
    async fn tell_owner(&self, unit: &mut dyn UnitOfWork, claimed: User, now: Timestamp) -> Result<(), Fault> {
        // Gone since the insert was refused: then there is nobody to tell.
        if let Some((owner, _)) = unit.users().find_credential(&Identifier::Email(claimed.email)).await? {
            let message = self.message(&owner, MessageContent::AccountExists, now);
            unit.outbox().push(&message).await?;
        }
        Ok(())
    }

    fn message(&self, user: &User, content: MessageContent, now: Timestamp) -> Message {
        Message {
            id: self.ports.ids.message_id(now),
            to: user.email.clone(),
            name: user.name.full(),
            content,
            created_at: now,
        }
    }
}

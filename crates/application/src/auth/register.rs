//! Sign-up (seeds 000 and 004).

use std::sync::Arc;

use doorward_domain::{
    Rejection, Role, Secret, Timestamp,
    audit::AuditKind,
    invitation::{Invitation, InvitationState},
    profile::{Profile, ProfileSeed},
    session::Device,
    token::OneTimeSecret,
    user::{EmailAddress, Identifier, User},
};
use thiserror::Error;

use super::{
    AccountForm, NewAccount, PasswordRules, Presented, SignedIn,
    open_session::{Opening, SessionOpener},
};
use crate::{
    Fault, FieldErrors, Ports, Settings,
    account::Removal,
    fault::faults_of,
    mail::Post,
    ports::{Access, Event, Facts, InsertUserError, MessageKind, Taken, UnitOfWork},
    settings::RegistrationRules,
    throttle::{DeviceTokens, Throttle},
    trail::{Entry, Trail},
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
    /// The language to write to the user in.
    pub locale: Option<String>,
    /// The role by name; that of the invitation, or a candidate's, if none is named.
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

/// Makes an account in one unit: user, profile, verification mail and, unless the address must be proven first, a session.
pub struct Register {
    ports: Ports,
    rules: RegistrationRules,
    passwords: PasswordRules,
    sessions: SessionOpener,
    removal: Removal,
    throttle: Arc<Throttle>,
    device_tokens: DeviceTokens,
    post: Post,
    trail: Trail,
}

impl Register {
    pub(super) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            ports: ports.clone(),
            rules: settings.registration.clone(),
            passwords: PasswordRules::new(ports, settings),
            sessions: SessionOpener::new(ports, settings),
            removal: Removal::new(ports),
            throttle: Arc::clone(throttle),
            device_tokens: DeviceTokens::new(ports),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Signs a person up.
    ///
    /// An invitation stands for its role and its address: whoever has the link reads the mail of the address, so that
    /// is proven, and no rule about who may sign up by themselves holds.
    pub async fn execute(&self, command: RegisterCommand) -> Result<Registered, RegisterError> {
        let done = self.attempt(command).await;
        let outcome = done.as_ref().map_or_else(RegisterError::word, Registered::word);
        self.ports.meter.count(Event::SignUp(outcome));
        done
    }

    async fn attempt(&self, command: RegisterCommand) -> Result<Registered, RegisterError> {
        let now = self.ports.clock.now();
        let invitation = self.invitation(&command, now).await?;
        // Asked first: a role that is nobody's to choose is refused as such, whatever else is shown.
        let role = self.role(&command, invitation.as_ref())?;
        if command.invitation.is_some() && invitation.is_none() {
            return Err(RegisterError::InvalidInvitation);
        }
        let mut profile = command.profile;
        if let Some(company) = invitation.as_ref().and_then(|invitation| invitation.company.as_ref()) {
            profile.company.get_or_insert_with(|| company.as_str().to_owned());
        }
        let form = AccountForm {
            email: command.email,
            password: Some(command.password),
            first_name: command.first_name,
            last_name: command.last_name,
            username: command.username,
            locale: command.locale,
            role,
            profile,
        };
        let mut read = form.read(&self.ports, &self.passwords, now);
        if invitation.is_none() {
            read = self.check_self_service(&form, read);
        }
        let NewAccount { mut user, profile, password } = read.map_err(RegisterError::Invalid)?;
        if invitation.as_ref().is_some_and(|invitation| invitation.email.canonical() != user.email.canonical()) {
            return Err(RegisterError::InvalidInvitation);
        }
        self.throttle.sign_up(&command.device).await?;
        // Hashed before it is known whether the address is free: the answer takes as long either way.
        let hash = match &password {
            Some(password) => Some(self.ports.hasher.hash(password).await?),
            None => None,
        };

        let reveals = self.rules.reveal_existing_accounts || invitation.is_some();
        let signs_in = reveals && (invitation.is_some() || !self.rules.require_verified_email);
        user.last_login_at = signs_in.then_some(now);
        user.email_verified_at = invitation.is_some().then_some(now);
        user.proof_due_at = self.rules.unproven_ttl.filter(|_| invitation.is_none()).map(|ttl| now + ttl);
        // The mail of a sign-up is always sent, and counts against those that tell the owner of one that failed.
        let may_tell = self.throttle.silent_mail(&user.email).await?;
        let mut unit = self.ports.store.begin(Access::Write).await?;
        if let Some(invitation) = &invitation {
            self.check_inviter(unit.as_mut(), invitation).await?;
            self.removal.evict(unit.as_mut(), &user.email, now).await?;
        }
        match unit.users().insert(&user, hash.as_ref()).await {
            Ok(()) => {}
            Err(InsertUserError::Taken(Taken { email: true, .. })) if reveals => {
                return Err(RegisterError::UserAlreadyExists);
            }
            Err(InsertUserError::Taken(Taken { email: true, .. })) => {
                if may_tell {
                    self.tell_owner(unit.as_mut(), user.email, now).await?;
                    unit.commit().await?;
                }
                return Ok(Registered::Accepted);
            }
            Err(InsertUserError::Taken(Taken { email: false, .. })) => return Err(RegisterError::UsernameTaken),
            Err(InsertUserError::Store(cause)) => return Err(cause.into()),
        }
        unit.profiles().insert(user.id, &profile).await?;
        match &invitation {
            Some(invitation) => {
                if !unit.invitations().accept(invitation.id, user.id, now).await? {
                    return Err(RegisterError::InvalidInvitation);
                }
            }
            None => {
                self.post.write(unit.as_mut(), &user, MessageKind::VerifyEmail, Facts::default(), now).await?;
            }
        }
        let entry = Entry::of(AuditKind::SignedUp, user.id, command.device.clone()).detail(role.as_str());
        self.trail.record(unit.as_mut(), entry, now).await?;
        let tokens = if signs_in {
            let replaces = command.presented.session_id(&self.ports);
            let opening = Opening { device: command.device, remembered: command.remembered, replaces };
            Some(self.sessions.open(unit.as_mut(), &user, opening, now).await?.1)
        } else {
            None
        };
        unit.commit().await?;

        Ok(match tokens {
            Some(tokens) => {
                let device_token = command.remembered.then(|| self.device_tokens.issue(user.id, None, now));
                Registered::SignedIn(Box::new(SignedIn { user, profile, tokens, device_token }))
            }
            None if reveals => Registered::Unverified { user: Box::new(user), profile: Box::new(profile) },
            None => Registered::Accepted,
        })
    }

    /// The invitation that the sign-up shows, if it is open.
    async fn invitation(&self, command: &RegisterCommand, now: Timestamp) -> Result<Option<Invitation>, Fault> {
        let shown = command.invitation.as_ref().and_then(|shown| OneTimeSecret::parse(shown.expose()));
        let Some(secret) = shown else { return Ok(None) };
        let found = self.ports.store.begin(Access::Read).await?.invitations().find(&secret.digest()).await?;
        Ok(found.filter(|invitation| invitation.state(now) == InvitationState::Open))
    }

    /// Whoever makes administrators must be one still.
    async fn check_inviter(&self, unit: &mut dyn UnitOfWork, invitation: &Invitation) -> Result<(), RegisterError> {
        if invitation.role != Role::Admin {
            return Ok(());
        }
        let inviter = unit.users().find(invitation.invited_by).await?;
        let may_still = inviter.is_some_and(|inviter| inviter.role == Role::Admin && inviter.may_sign_in());
        if may_still { Ok(()) } else { Err(RegisterError::InvalidInvitation) }
    }

    /// The role that this sign-up may have.
    fn role(&self, command: &RegisterCommand, invitation: Option<&Invitation>) -> Result<Role, RegisterError> {
        if !self.rules.enabled && command.invitation.is_none() {
            return Err(RegisterError::Closed);
        }
        let mut errors = FieldErrors::default();
        let named = errors.keep_optional("role", command.role.as_deref(), Role::parse);
        let named = named.ok_or(RegisterError::Invalid(errors))?;
        let (role, allowed) = match invitation {
            Some(invitation) => (named.unwrap_or(invitation.role), vec![invitation.role]),
            None => (named.unwrap_or(Role::Candidate), self.rules.self_service_roles.clone()),
        };
        if allowed.contains(&role) { Ok(role) } else { Err(RegisterError::RoleNotAllowed) }
    }

    /// What is asked of those who sign up without an invitation.
    fn check_self_service(
        &self,
        form: &AccountForm,
        read: Result<NewAccount, FieldErrors>,
    ) -> Result<NewAccount, FieldErrors> {
        let (account, mut errors) = match read {
            Ok(account) => (Some(account), FieldErrors::default()),
            Err(errors) => (None, errors),
        };
        let domain_is_refused = |email: EmailAddress| !self.rules.allows(email.domain());
        if EmailAddress::parse(&form.email).is_ok_and(domain_is_refused) {
            errors.refuse("email", Rejection::DomainNotAllowed);
        }
        // Whether a username was taken by this sign-up would tell whether its address was free.
        let names_itself = form.username.as_deref().is_some_and(|name| !name.trim().is_empty());
        if !self.rules.reveal_existing_accounts && names_itself {
            errors.refuse("username", Rejection::ChosenLater);
        }
        account.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// Tells the owner of a taken address that someone tried to sign up with it.
    async fn tell_owner(&self, unit: &mut dyn UnitOfWork, email: EmailAddress, now: Timestamp) -> Result<(), Fault> {
        // Gone since the insert was refused: then there is nobody to tell.
        if let Some(owner) = unit.users().find_by_identifier(&Identifier::Email(email)).await? {
            self.post.write(unit, &owner, MessageKind::AccountExists, Facts::default(), now).await?;
        }
        Ok(())
    }
}

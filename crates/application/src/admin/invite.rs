//! Invitations to sign up.

use std::time::Duration;

use doorward_domain::{
    Rejection, Role, UserId,
    audit::AuditKind,
    invitation::Invitation,
    profile::{Profile, ProfileSeed},
    text::Line,
    token::OneTimeSecret,
    user::{EmailAddress, Identifier, Locale},
};
use thiserror::Error;

use super::{AuthorityError, authority::authorised, authority_of};
use crate::{
    Actor, Fault, FieldErrors, Forbidden, Ports, Settings,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts},
    trail::{Entry, Trail},
};

/// Who is invited.
pub struct InviteCommand {
    /// The address.
    pub email: String,
    /// The role by name, any.
    pub role: String,
    /// The company. Whoever is invited for a role that has one names it, if the invitation does not; for a role that
    /// has none it is refused.
    pub company: Option<String>,
    /// The language of the mail.
    pub locale: Option<String>,
}

/// Why nobody was invited. Nothing was written.
#[derive(Debug, Error)]
pub enum InviteError {
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
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(InviteError);
authority_of!(InviteError);

/// Lets the owner of an address sign up for a role. This is how administrators come to be after the first.
pub struct Invite {
    ports: Ports,
    ttl: Duration,
    post: Post,
    trail: Trail,
}

/// Who is invited, read.
struct Invited {
    email: EmailAddress,
    role: Role,
    company: Option<Line>,
    locale: Locale,
}

impl Invite {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            ttl: settings.registration.invitation_ttl,
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Writes to the address. An earlier invitation of it that is still open is taken back: only the newest works.
    pub async fn execute(&self, actor: &Actor, command: InviteCommand) -> Result<Invitation, InviteError> {
        actor.require_admin()?;
        let Invited { email, role, company, locale } = Invited::read(&command).map_err(InviteError::Invalid)?;
        let secret = OneTimeSecret::new(self.ports.secrets.bytes32());
        let now = self.ports.clock.now();
        let invitation = Invitation {
            id: self.ports.ids.invitation_id(now),
            email: email.clone(),
            role,
            company: company.clone(),
            invited_by: actor.user.id,
            digest: secret.digest(),
            created_at: now,
            expires_at: now + self.ttl,
            closed: None,
        };
        let facts = Facts {
            role: Some(role),
            company: company.map(|company| company.as_str().to_owned()),
            expires_at: Some(invitation.expires_at),
            ..Facts::default()
        };

        let mut unit = self.ports.store.begin(Access::Write).await?;
        authorised(unit.as_mut(), actor, now).await?;
        if unit.users().find_by_identifier(&Identifier::Email(email.clone())).await?.is_some() {
            return Err(InviteError::UserAlreadyExists);
        }
        unit.invitations().withdraw_all(&email, now).await?;
        unit.invitations().insert(&invitation).await?;
        self.post.invite(unit.as_mut(), &email, locale, secret, facts, now).await?;
        let entry = Entry::by(AuditKind::InvitationCreated, actor).to(None::<UserId>).detail(role.as_str());
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(invitation)
    }
}

impl Invited {
    /// Reads every field, so that all that is wrong is told at once.
    fn read(command: &InviteCommand) -> Result<Self, FieldErrors> {
        let typed = |raw: &'_ Option<String>| raw.clone().filter(|typed| !typed.trim().is_empty());
        let mut errors = FieldErrors::default();
        let email = errors.keep("email", EmailAddress::parse(&command.email));
        let role = errors.keep("role", Role::parse(&command.role));
        let company = typed(&command.company);
        if company.is_some() && role.is_some_and(|role| !has_company(role, company.clone())) {
            errors.refuse("company", Rejection::Malformed { expected: "left out, because the role has none" });
        }
        let company = errors.keep_optional("company", company.as_deref(), Line::parse);
        let locale = errors.keep_optional("locale", typed(&command.locale).as_deref(), Locale::parse);
        match (email, role, company, locale) {
            (Some(email), Some(role), Some(company), Some(locale)) if errors.is_empty() => {
                Ok(Self { email, role, company, locale: locale.unwrap_or_default() })
            }
            _ => Err(errors),
        }
    }
}

/// Whether a profile of this role begins with the company. One that does not begin is not known to have none.
fn has_company(role: Role, company: Option<String>) -> bool {
    let begun = Profile::begin(role, &ProfileSeed { company, phone_number: None });
    begun.map_or(true, |profile| profile.company().is_some())
}

//! The rules that a deployment sets for the use cases.

use std::time::Duration;

use doorward_domain::{Role, session::SessionLifetime, user::PasswordPolicy};

/// The rules that a deployment sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long tokens live and what they say.
    pub tokens: TokenRules,
    /// Who may sign up.
    pub registration: RegistrationRules,
    /// Which passwords may be chosen.
    pub passwords: PasswordPolicy,
    /// How many sessions a user may have at once; the oldest ends. At least one.
    pub max_sessions_per_user: u32,
    /// How long things are kept.
    pub keeping: KeepingRules,
}

/// What people are told of the rules before they are asked for anything.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Whether anyone may sign up.
    pub sign_up: bool,
    /// Which roles may be chosen without an invitation.
    pub roles: Vec<Role>,
    /// The fewest code points of a new password.
    pub min_password_length: usize,
    /// How long an account that its owner deleted can be kept after all. None at all: it goes at once.
    pub deletion_grace: Duration,
}

impl Terms {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            sign_up: settings.registration.enabled,
            roles: settings.registration.self_service_roles.clone(),
            min_password_length: settings.passwords.min_length,
            deletion_grace: settings.keeping.deletion_grace,
        }
    }
}

/// How long tokens live and what they say.
#[derive(Clone, Copy, Debug)]
pub struct TokenRules {
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How long a session lives.
    pub session: SessionLifetime,
    /// How long after a rotation the previous refresh token is answered with the same successor.
    pub refresh_reuse_grace: Duration,
    /// Whether access tokens name the user's address and name.
    pub profile_claims: bool,
}

/// Who may sign up.
#[derive(Clone, Debug)]
pub struct RegistrationRules {
    /// Whether anyone may.
    pub enabled: bool,
    /// Which roles may be chosen without an invitation.
    pub self_service_roles: Vec<Role>,
    /// The only domains whose addresses may sign up, in canonical form; none means all.
    pub allowed_domains: Vec<String>,
    /// Whether a sign-up says that its address has an account.
    pub reveal_existing_accounts: bool,
    /// Whether the address must be proven before the first sign-in.
    pub require_verified_email: bool,
    /// How long an account whose address is not proven is kept; none means for good.
    pub unproven_ttl: Option<Duration>,
    /// How long an invitation is good for.
    pub invitation_ttl: Duration,
}

impl RegistrationRules {
    /// Whether addresses of this domain, in canonical form, may have accounts.
    pub(crate) fn allows(&self, domain: &str) -> bool {
        self.allowed_domains.is_empty() || self.allowed_domains.iter().any(|allowed| allowed == domain)
    }
}

/// How long things are kept.
#[derive(Clone, Copy, Debug)]
pub struct KeepingRules {
    /// How long an account that its owner deleted can be kept after all. None at all: it goes at once.
    pub deletion_grace: Duration,
    /// How long a message is tried before it is parked.
    pub mail_tried_for: Duration,
    /// How long entries of the audit log are kept; none means for good.
    pub audit_retention: Option<Duration>,
}

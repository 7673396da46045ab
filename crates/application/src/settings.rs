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
}

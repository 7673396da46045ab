//! The rules that a deployment sets for the use cases.

use std::time::Duration;

use doorward_domain::{
    Role, attempt::Budget, key::KeyRules, session::SessionLifetime, token::AccessClaims, user::PasswordPolicy,
};

/// The rules that a deployment sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long tokens live and what they say.
    pub tokens: TokenRules,
    /// When the keys that sign them come and go.
    pub keys: KeySchedule,
    /// Who may sign up.
    pub registration: RegistrationRules,
    /// Which passwords may be chosen.
    pub passwords: PasswordPolicy,
    /// How many sessions a user may have at once; the oldest ends. At least one.
    pub max_sessions_per_user: u32,
    /// How long things are kept.
    pub keeping: KeepingRules,
    /// What is remembered of those who were let in.
    pub gate: GateRules,
    /// How often things may be tried; none means as often as anyone likes.
    pub throttle: Option<ThrottleRules>,
}

impl Settings {
    /// How far the clocks of two nodes may be apart: a node whose clock is more than a second off the database's is
    /// not ready.
    const CLOCK_SKEW: Duration = Duration::from_secs(2);
    /// How long other services may take a token for good after its end.
    const LEEWAY: Duration = Duration::from_secs(30);

    /// How long a revocation matters: as long as a token that it ends could be taken for good by someone. Not by the
    /// life that tokens have now, because some were signed before it was shortened.
    pub(crate) fn revocation_retention(&self) -> Duration {
        AccessClaims::LONGEST_LIFE.max(self.tokens.access_ttl) + Self::LEEWAY + Self::CLOCK_SKEW
    }

    /// How long the revocation of a key matters: also for as long as others may still hold its public half, because who
    /// has stolen the key signs tokens of any age with it.
    pub(crate) fn key_revocation_retention(&self) -> Duration {
        self.revocation_retention().max(self.keys.cache_life + self.keys.skew)
    }

    /// When the keys that sign access tokens come and go.
    pub(crate) fn key_rules(&self) -> KeyRules {
        let KeySchedule { algorithm, cache_life, skew, rotate_after } = self.keys;
        let token_life = self.tokens.access_ttl + Self::LEEWAY;
        KeyRules { algorithm, cache_life, skew, rotate_after, token_life }
    }
}

/// How often things may be tried.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleRules {
    /// Wrong passwords for one account from all that do not know it; and as many in each browser that does, and in each
    /// session.
    pub account: Budget,
    /// Wrong passwords for one account from one address.
    pub account_from_address: Budget,
    /// Wrong passwords and wishes for mails from one address.
    pub address: Budget,
    /// Sign-ups from one address.
    pub sign_ups: Budget,
    /// Mails to one address that anybody can ask for.
    pub mails: Budget,
}

/// When the keys that sign access tokens come and go.
#[derive(Clone, Copy, Debug)]
pub struct KeySchedule {
    /// The one algorithm that new tokens are to be signed with.
    pub algorithm: &'static str,
    /// For how long others may keep the public keys that they fetched.
    pub cache_life: Duration,
    /// What is allowed for beyond that: clocks that are apart, and nodes that learn of a key late.
    pub skew: Duration,
    /// For how long a key signs before its successor does; none means until someone says so.
    pub rotate_after: Option<Duration>,
}

/// What is remembered of those who were let in.
#[derive(Clone, Copy, Debug)]
pub struct GateRules {
    /// For how long what is remembered is relied on without news of the other nodes.
    pub max_staleness: Duration,
    /// The most tokens.
    pub max_tokens: usize,
    /// The most sessions, and the most users.
    pub max_sessions: usize,
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

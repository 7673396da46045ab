//! `[registration]`: who may sign up.

use std::time::Duration;

use config::ValueKind;
use doorward_domain::{Role, user::EmailAddress};

use crate::{
    section::Section,
    setting::{Setting, text},
};

/// Who may sign up.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Whether anyone may.
    pub enabled: bool,
    /// Which roles may be chosen without an invitation. Never the administrators'.
    pub self_service_roles: Vec<Role>,
    /// The only domains whose addresses may sign up; none means all.
    pub allowed_domains: Vec<EmailDomain>,
    /// Whether a sign-up says that its address has an account.
    pub reveal_existing_accounts: bool,
    /// Whether the address must be proven before the first sign-in.
    pub require_verified_email: bool,
    /// How long an account whose address is not proven is kept; none means for good.
    pub unproven_ttl: Option<Duration>,
    /// How long an invitation is good for.
    pub invitation_ttl: Duration,
}

impl Registration {
    /// No mail is read, nor waited for, in less.
    const SHORTEST: Duration = Duration::from_hours(1);
    const UNPROVEN_MAX: Duration = Duration::from_hours(365 * 24);
    const INVITATION_MAX: Duration = Duration::from_hours(30 * 24);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let unproven_ttl: Duration = from.get("unproven_ttl");
        let registration = Self {
            enabled: from.get("enabled"),
            self_service_roles: from.get("self_service_roles"),
            allowed_domains: from.get("allowed_domains"),
            reveal_existing_accounts: from.get("reveal_existing_accounts"),
            require_verified_email: from.get("require_verified_email"),
            unproven_ttl: Some(unproven_ttl).filter(|ttl| !ttl.is_zero()),
            invitation_ttl: from.get("invitation_ttl"),
        };
        from.require(
            !registration.self_service_roles.contains(&Role::Admin),
            "self_service_roles",
            "must not have ADMIN; the first is made by `doorward create-admin`",
        );
        from.require(
            registration.unproven_ttl.is_none_or(|ttl| (Self::SHORTEST..=Self::UNPROVEN_MAX).contains(&ttl)),
            "unproven_ttl",
            "must be from 1h to 365d, or 0s to keep the accounts for good",
        );
        from.require(
            (Self::SHORTEST..=Self::INVITATION_MAX).contains(&registration.invitation_ttl),
            "invitation_ttl",
            "must be from 1h to 30d",
        );
        if !registration.reveal_existing_accounts && !registration.require_verified_email {
            from.warn(
                "reveal_existing_accounts",
                "hides little: whoever signs up can sign in, and learns so that the address was free; set \
                 registration.require_verified_email too",
            );
        }
        registration
    }
}

/// A domain of email addresses, in the canonical form that [`EmailAddress::domain`] has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for EmailDomain {
    fn expected() -> String {
        "a domain, such as example.com".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let address = EmailAddress::parse(&format!("a@{}", text(value)?.trim())).ok()?;
        Some(Self(address.domain().to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

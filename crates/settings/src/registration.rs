//! `[registration]`: who may sign up.

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
}

impl Registration {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let registration = Self {
            enabled: from.get("enabled"),
            self_service_roles: from.get("self_service_roles"),
            allowed_domains: from.get("allowed_domains"),
            reveal_existing_accounts: from.get("reveal_existing_accounts"),
            require_verified_email: from.get("require_verified_email"),
        };
        from.require(
            !registration.self_service_roles.contains(&Role::Admin),
            "self_service_roles",
            "must not have ADMIN; the first is made by `doorward create-admin`",
        );
        if registration.require_verified_email {
            from.warn(
                "require_verified_email",
                "lets nobody sign in who signs up: this release sends no mail to prove an address with",
            );
        }
        if !registration.reveal_existing_accounts {
            from.warn(
                "reveal_existing_accounts",
                "leaves those who sign up without an answer: this release sends no mail",
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

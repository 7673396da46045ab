//! Settings become the rules of the use cases.

use doorward_application::settings as rules;
use doorward_domain::{attempt::Budget, session::SessionLifetime, user::PasswordPolicy};
use doorward_infrastructure::jwt::SigningAlgorithm;
use doorward_settings::{Algorithm, EmailDomain, Keys, Rate, Settings, Throttle};

/// The rules that a deployment sets.
pub(super) fn of(settings: &Settings) -> rules::Settings {
    let Settings { tokens, registration, .. } = settings;
    rules::Settings {
        tokens: rules::TokenRules {
            access_ttl: tokens.access_ttl,
            session: SessionLifetime { idle: tokens.refresh_idle_ttl, absolute: tokens.refresh_absolute_ttl },
            refresh_reuse_grace: tokens.refresh_reuse_grace,
            profile_claims: tokens.profile_claims,
        },
        keys: key_schedule(settings),
        registration: rules::RegistrationRules {
            enabled: registration.enabled,
            self_service_roles: registration.self_service_roles.clone(),
            allowed_domains: registration.allowed_domains.iter().map(EmailDomain::as_str).map(str::to_owned).collect(),
            reveal_existing_accounts: registration.reveal_existing_accounts,
            require_verified_email: registration.require_verified_email,
            unproven_ttl: registration.unproven_ttl,
            invitation_ttl: registration.invitation_ttl,
        },
        passwords: PasswordPolicy { min_length: settings.passwords.min_length as usize },
        max_sessions_per_user: settings.sessions.max_per_user,
        keeping: rules::KeepingRules {
            deletion_grace: settings.account.deletion_grace,
            mail_tried_for: settings.mail.give_up_after,
            audit_retention: settings.audit.retention,
        },
        gate: rules::GateRules {
            max_staleness: settings.gate.max_staleness,
            max_tokens: settings.gate.max_tokens as usize,
            max_sessions: settings.gate.max_sessions as usize,
        },
        throttle: throttle_rules(&settings.throttle),
    }
}

fn key_schedule(settings: &Settings) -> rules::KeySchedule {
    let Keys { cache_life, skew, rotate_after } = settings.keys;
    let algorithm = match settings.tokens.algorithm {
        Algorithm::Es256 => SigningAlgorithm::Es256,
        Algorithm::EdDsa => SigningAlgorithm::EdDsa,
        Algorithm::Rs256 => SigningAlgorithm::Rs256,
        Algorithm::Hs256 => SigningAlgorithm::Hs256,
    };
    rules::KeySchedule { algorithm: algorithm.as_str(), cache_life, skew, rotate_after }
}

fn throttle_rules(throttle: &Throttle) -> Option<rules::ThrottleRules> {
    let budget = |Rate { attempts, per }: Rate| Budget { attempts, per, stop_after: None };
    throttle.enabled.then(|| rules::ThrottleRules {
        account: Budget { stop_after: Some(throttle.stop_after), ..budget(throttle.account) },
        account_from_address: budget(throttle.account_from_address),
        address: budget(throttle.address),
        sign_ups: budget(throttle.sign_ups),
        mails: budget(throttle.mails),
    })
}

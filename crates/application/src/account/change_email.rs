//! The wish for another address.

use std::sync::Arc;

use doorward_domain::{
    Rejection, Secret,
    audit::AuditKind,
    token::OneTimePurpose,
    user::{EmailAddress, Identifier},
};
use thiserror::Error;

use super::reauthenticate::{Reauthentication, ReauthenticationError, reauthentication_of};
use crate::{
    Actor, Fault, FieldErrors, Ports, Settings,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, MessageKind},
    settings::RegistrationRules,
    throttle::Throttle,
    trail::{Entry, Trail},
};

/// Why no change of address was begun.
#[derive(Debug, Error)]
pub enum ChangeEmailError {
    /// Fields were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// Not the password.
    #[error("not the password")]
    WrongPassword,
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(ChangeEmailError);
reauthentication_of!(ChangeEmailError);

/// Begins a change of the signed-in user's address. It changes when the new one is proven.
pub struct ChangeEmail {
    ports: Ports,
    rules: RegistrationRules,
    reauthentication: Reauthentication,
    throttle: Arc<Throttle>,
    post: Post,
    trail: Trail,
}

impl ChangeEmail {
    pub(super) fn new(ports: &Ports, settings: &Settings, throttle: &Arc<Throttle>) -> Self {
        Self {
            ports: ports.clone(),
            rules: settings.registration.clone(),
            reauthentication: Reauthentication::new(ports, throttle),
            throttle: Arc::clone(throttle),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Writes to the new address. Where it has an account already, its owner is told, and the one who asked is not.
    pub async fn execute(
        &self,
        actor: &Actor,
        new_email: &str,
        password: &Secret<String>,
    ) -> Result<(), ChangeEmailError> {
        let mut errors = FieldErrors::default();
        let email = errors.keep("newEmail", EmailAddress::parse(new_email));
        if email.as_ref().is_some_and(|email| !self.rules.allows(email.domain())) {
            errors.refuse("newEmail", Rejection::DomainNotAllowed);
        }
        let Some(email) = email.filter(|_| errors.is_empty()) else {
            return Err(ChangeEmailError::Invalid(errors));
        };
        let proof = self.reauthentication.prove(actor, "password", password).await?;

        self.throttle.mail(&email).await?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let user = proof.lock(unit.as_mut(), actor, now).await?;
        let owner = unit.users().find_by_identifier(&Identifier::Email(email.clone())).await?;
        // Alike in both cases: what stays of an earlier wish must not tell which it was.
        unit.one_time_tokens().discard(user.id, &[OneTimePurpose::ConfirmEmail], None).await?;
        if let Some(owner) = owner.filter(|owner| owner.id != user.id) {
            self.post.write(unit.as_mut(), &owner, MessageKind::AccountExists, Facts::default(), now).await?;
        } else {
            let facts = Facts { new_email: Some(email.clone()), ..Facts::default() };
            self.post.write_to(unit.as_mut(), &user, &email, MessageKind::ConfirmEmail, facts, now).await?;
        }
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::EmailChangeRequested, actor), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

//! The change of an address.

use doorward_domain::{
    audit::AuditKind,
    session::Device,
    token::{OneTimePurpose, OneTimeSecret},
};
use thiserror::Error;

use crate::{
    Fault, Ports,
    fault::faults_of,
    mail::Post,
    ports::{Access, Facts, MessageKind, UpdateUserError},
    trail::{Entry, Trail},
};

/// Why the address was not changed.
#[derive(Debug, Error)]
pub enum ConfirmEmailError {
    /// The token is none, or was used, replaced or has expired.
    #[error("not a one-time token that is good")]
    InvalidToken,
    /// Another account has got the address meanwhile.
    #[error("the address is taken")]
    EmailTaken,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(ConfirmEmailError);

impl ConfirmEmailError {
    pub(super) fn of_update(refused: UpdateUserError) -> Self {
        match refused {
            UpdateUserError::Taken(_) => Self::EmailTaken,
            UpdateUserError::Store(cause) => cause.into(),
        }
    }
}

/// Gives an account the address to which the token was sent.
pub struct ConfirmEmail {
    ports: Ports,
    post: Post,
    trail: Trail,
}

impl ConfirmEmail {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), trail: Trail::new(ports) }
    }

    /// Changes the address. Whoever reads the mail of the old one is told, and can undo it; but only if that address
    /// was proven, or a stranger whose address was mistyped at sign-up could take the account.
    pub async fn execute(&self, token: &str, device: Device) -> Result<(), ConfirmEmailError> {
        let secret = OneTimeSecret::parse(token).ok_or(ConfirmEmailError::InvalidToken)?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let redeemed = self.post.redeem(unit.as_mut(), OneTimePurpose::ConfirmEmail, &secret, now).await?;
        let (token, mut user) = redeemed.ok_or(ConfirmEmailError::InvalidToken)?;
        let old = user.email_verified_at.map(|_| user.email.clone());
        user.email = token.address;
        user.email_verified_at = Some(now);
        user.proof_due_at = None;
        unit.users().update(&user).await.map_err(ConfirmEmailError::of_update)?;
        unit.one_time_tokens().discard(user.id, &OneTimePurpose::PENDING, None).await?;
        if let Some(old) = old.filter(|old| old.canonical() != user.email.canonical()) {
            let facts = Facts { new_email: Some(user.email.clone()), ..Facts::of_device(&device) };
            self.post.write_to(unit.as_mut(), &user, &old, MessageKind::EmailChanged, facts, now).await?;
        }
        self.trail.record(unit.as_mut(), Entry::of(AuditKind::EmailChanged, user.id, device), now).await?;
        unit.commit().await?;
        Ok(())
    }
}

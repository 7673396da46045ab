//! "That was not me."

use doorward_domain::{
    Timestamp,
    audit::AuditKind,
    session::{Device, EndReason, SessionEnd},
    token::{OneTimePurpose, OneTimeSecret},
    user::User,
};

use super::LinkError;
use crate::{
    Ports,
    mail::Post,
    ports::{Access, Facts, MessageKind, UnitOfWork, UpdateUserError},
    trail::{Entry, Trail},
};

/// Ends every session of a user, by the link of a notice.
pub struct DisownSessions {
    ports: Ports,
    post: Post,
    trail: Trail,
}

impl DisownSessions {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), trail: Trail::new(ports) }
    }

    /// Ends them. The password is known to someone else, so it works no longer: a mail lets choose another.
    pub async fn execute(&self, token: &str, device: Device) -> Result<(), LinkError> {
        let secret = OneTimeSecret::parse(token).ok_or(LinkError::InvalidToken)?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let redeemed = self.post.redeem(unit.as_mut(), OneTimePurpose::Disown, &secret, now).await?;
        let (_, user) = redeemed.ok_or(LinkError::InvalidToken)?;
        let entry = Entry::of(AuditKind::SessionsDisowned, user.id, device);
        secure(unit.as_mut(), &self.post, user, now).await?;
        self.trail.record(unit.as_mut(), entry, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

/// Takes the account, as it is to be from now on, out of the hands of whoever is in it: sessions end, the password is
/// gone, and a mail to the account's address lets choose another.
pub(super) async fn secure(
    unit: &mut dyn UnitOfWork,
    post: &Post,
    mut user: User,
    now: Timestamp,
) -> Result<(), UpdateUserError> {
    user.credential_version += 1;
    unit.users().update(&user).await?;
    unit.users().set_password_hash(user.id, None).await?;
    unit.sessions().end_all(user.id, None, SessionEnd { at: now, reason: EndReason::Disowned }).await?;
    unit.one_time_tokens().discard(user.id, &OneTimePurpose::PENDING, None).await?;
    post.write(unit, &user, MessageKind::ResetPassword, Facts::default(), now).await?;
    Ok(())
}

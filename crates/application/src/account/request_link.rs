//! The wish for a mail with a link.

use std::sync::Arc;

use doorward_domain::{session::Device, user::EmailAddress};
use thiserror::Error;

use crate::{
    Fault, FieldErrors, Ports,
    fault::faults_of,
    mail::Post,
    ports::{Access, MessageKind},
    throttle::Throttle,
};

/// Why nothing was wished for.
#[derive(Debug, Error)]
pub enum RequestLinkError {
    /// The address cannot be one.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(RequestLinkError);

/// Writes down that someone typed an address and wants a mail there. Whether the address has an account is found out
/// later, by the mail worker: what happens here is the same for any, and takes the same time.
pub struct RequestLink {
    ports: Ports,
    post: Post,
    throttle: Arc<Throttle>,
    kind: MessageKind,
}

impl RequestLink {
    pub(super) fn new(ports: &Ports, kind: MessageKind, throttle: &Arc<Throttle>) -> Self {
        Self { ports: ports.clone(), post: Post::new(ports), throttle: Arc::clone(throttle), kind }
    }

    /// Notes the wish, unless too many were noted for this address: then nothing comes of it, and nobody is told.
    pub async fn execute(&self, email: &str, device: &Device) -> Result<(), RequestLinkError> {
        let mut errors = FieldErrors::default();
        let Some(email) = errors.keep("email", EmailAddress::parse(email)) else {
            return Err(RequestLinkError::Invalid(errors));
        };
        self.throttle.wish(device).await?;
        if !self.throttle.silent_mail(&email).await? {
            return Ok(());
        }
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        self.post.wish(unit.as_mut(), &email, self.kind, now).await?;
        unit.commit().await?;
        Ok(())
    }
}

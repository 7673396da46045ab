//! Who asks? (Seeds 002 and 003: every request with a token.)

use std::sync::Arc;

use doorward_domain::session::Device;
use thiserror::Error;

use crate::{
    Actor, Fault, Ports,
    fault::faults_of,
    ports::{Access, VerifyError},
    sessions::RecordActivity,
};

/// Why a request has no signed-in user.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// The token is none of ours.
    #[error("not an access token of ours")]
    InvalidToken,
    /// The token's time is over.
    #[error("the access token has expired")]
    Expired,
    /// The token is good, and its session or user is no more.
    #[error("the session has ended")]
    SessionEnded,
    /// The token says what is no longer true of the user. One refresh mends it.
    #[error("the user's role or status has changed since the token was signed")]
    StaleClaims,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(AuthenticateError);

/// Finds out who asks: the token is verified, then session and user are looked up, so that neither an ended
/// session's nor a deactivated user's tokens are good for one more request.
pub struct Authenticate {
    ports: Ports,
    activity: Arc<RecordActivity>,
}

impl Authenticate {
    pub(super) fn new(ports: &Ports, activity: Arc<RecordActivity>) -> Self {
        Self { ports: ports.clone(), activity }
    }

    /// The user whose access token this is, which came from this device.
    pub async fn execute(&self, access_token: &str, device: Device) -> Result<Actor, AuthenticateError> {
        let now = self.ports.clock.now();
        let claims = self.ports.signer.verify(access_token, now).map_err(|refused| match refused {
            VerifyError::Expired => AuthenticateError::Expired,
            VerifyError::Invalid => AuthenticateError::InvalidToken,
        })?;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let found = unit.sessions().find_with_user(claims.session_id).await?;
        drop(unit);
        let (session, user) = found.ok_or(AuthenticateError::SessionEnded)?;
        if user.id != claims.subject {
            return Err(AuthenticateError::InvalidToken);
        }
        if !session.is_live(now) || !user.may_sign_in() {
            return Err(AuthenticateError::SessionEnded);
        }
        if claims.epoch != user.epoch {
            return Err(AuthenticateError::StaleClaims);
        }
        self.activity.note(&session, now);
        Ok(Actor { user, session, device })
    }
}

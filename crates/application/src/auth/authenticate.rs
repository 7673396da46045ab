//! Who asks? (Seeds 002 and 003: every request with a token.)

use std::sync::Arc;

use doorward_domain::{Digest, Timestamp, session::Device, token::AccessClaims};
use thiserror::Error;

use crate::{
    Actor, Fault, Ports,
    fault::faults_of,
    gate::{SessionGate, Standing},
    ports::{Access, Event, VerifyError},
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
/// session's nor a deactivated user's tokens are good for one more request. What was seen before, the
/// [gate](crate::gate) knows.
pub struct Authenticate {
    ports: Ports,
    gate: Arc<SessionGate>,
    activity: Arc<RecordActivity>,
}

impl Authenticate {
    pub(super) fn new(ports: &Ports, gate: &Arc<SessionGate>, activity: Arc<RecordActivity>) -> Self {
        Self { ports: ports.clone(), gate: Arc::clone(gate), activity }
    }

    /// The user whose access token this is, which came from this device.
    pub async fn execute(&self, access_token: &str, device: Device) -> Result<Actor, AuthenticateError> {
        let now = self.ports.clock.now();
        let claims = self.verify(access_token, now)?;
        let known = self.gate.standing(claims.session_id, claims.subject, now);
        let standing = if let Some(standing) = known.filter(|standing| standing.admits(&claims, now)) {
            self.ports.meter.count(Event::GateHit);
            standing
        } else {
            self.ports.meter.count(Event::GateMiss);
            // Boxed: those who are known, nearly all, need not make room for it.
            Box::pin(self.look_up(&claims, now)).await?
        };
        self.activity.note(&standing.session, now);
        let Standing { session, user, profile } = standing;
        Ok(Actor { user, profile, session, device })
    }

    fn verify(&self, access_token: &str, now: Timestamp) -> Result<Arc<AccessClaims>, AuthenticateError> {
        let token = Digest::of(access_token.as_bytes());
        if let Some(claims) = self.gate.claims(&token, now) {
            return Ok(claims);
        }
        let keys_seen = self.gate.keys_seen();
        let claims = self.ports.signer.verify(access_token, now).map_err(|refused| match refused {
            VerifyError::Expired => AuthenticateError::Expired,
            VerifyError::Invalid => AuthenticateError::InvalidToken,
        })?;
        let claims = Arc::new(claims);
        self.gate.keep_claims(token, Arc::clone(&claims), keys_seen);
        Ok(claims)
    }

    async fn look_up(&self, claims: &AccessClaims, now: Timestamp) -> Result<Standing, AuthenticateError> {
        let fill = self.gate.fill(claims.session_id, claims.subject);
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let found = unit.sessions().find_with_user(claims.session_id).await?;
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
        let Some(profile) = unit.profiles().find(user.id, user.role).await? else {
            // Whose role was changed since the first reading has another profile now; the next request is told so.
            let now = unit.users().find(user.id).await?;
            let moved = now.is_none_or(|now| now.role != user.role);
            let fault = if moved { Fault::Contended } else { Fault::Inconsistent("a user has no profile") };
            return Err(AuthenticateError::Fault(fault));
        };
        let standing = Standing { session: Arc::new(session), user: Arc::new(user), profile: Arc::new(profile) };
        fill.keep(&standing, now);
        Ok(standing)
    }
}

//! Refresh (seed 002), as RFC 9700 §4.14.2 wants it: rotation with detection of reuse.

use doorward_domain::{
    Secret, SessionId,
    session::{
        EndReason, Rotation, Session, SessionEnd,
        refresh_token::{Decision, decide},
    },
};
use thiserror::Error;

use super::{IssuedTokens, tokens::TokenIssuer};
use crate::{
    Fault, Ports, Settings,
    fault::faults_of,
    ports::{Access, UnitOfWork},
    settings::TokenRules,
};

/// Why no tokens were given.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// Not a refresh token of a live session.
    #[error("not a refresh token of a live session")]
    Invalid,
    /// The token had been used up. Its session, which is named for the log, has been ended.
    #[error("a refresh token of session {0} had been used up")]
    Reused(SessionId),
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(RefreshError);

/// Exchanges a refresh token for new tokens.
pub struct Refresh {
    ports: Ports,
    rules: TokenRules,
    issuer: TokenIssuer,
}

impl Refresh {
    /// How often a decision is made again because another request rotated the session meanwhile. The second
    /// finds the session already rotated, so more than two happen only when a client races itself.
    const ATTEMPTS: usize = 5;

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), rules: settings.tokens, issuer: TokenIssuer::new(ports, settings) }
    }

    /// Refreshes the session of this token.
    ///
    /// The user is read again under lock, so the new access token says what is true now. What the decision is
    /// based on may have been overtaken by another request; then the rotation, one conditional update, fails, and
    /// the decision is made again.
    pub async fn execute(&self, token: &Secret<String>) -> Result<IssuedTokens, RefreshError> {
        // A client's patience is counted from here: what this request waits for, others or a lock, is not its delay.
        let arrived = self.ports.clock.now();
        let mut token = self.ports.refresh_tokens.decode(token.expose()).map_err(|_| RefreshError::Invalid)?;
        let mut unit = self.ports.store.begin(Access::Write).await?;
        for _ in 0..Self::ATTEMPTS {
            let found = unit.sessions().find_with_locked_user(token.session_id).await?;
            let (session, user) = found.ok_or(RefreshError::Invalid)?;
            let now = self.ports.clock.now();
            if !user.status.is_active() {
                Self::end(unit, &session, SessionEnd { at: now, reason: EndReason::UserRemoved }).await?;
                return Err(RefreshError::Invalid);
            }
            let ended = SessionEnd { at: now, reason: EndReason::RefreshTokenReused };
            match decide(&session, &token, arrived, self.rules.refresh_reuse_grace) {
                Decision::Rotate { to } => {
                    let rotation = Rotation {
                        to,
                        at: now,
                        idle_expires_at: self.rules.session.idle_end(now, session.absolute_expires_at),
                        access_token_id: self.ports.ids.token_id(now),
                    };
                    if unit.sessions().rotate(session.id, token.generation, &rotation).await? {
                        let tokens =
                            self.issuer.issue(&user, &session.rotated(&rotation), &token.of_generation(to), now)?;
                        unit.commit().await?;
                        return Ok(tokens);
                    }
                }
                Decision::Repeat { live } => {
                    token = token.of_generation(live);
                    return Ok(self.issuer.issue(&user, &session, &token, now)?);
                }
                Decision::Reused => {
                    Self::end(unit, &session, ended).await?;
                    return Err(RefreshError::Reused(session.id));
                }
                Decision::Ahead => {
                    Self::end(unit, &session, ended).await?;
                    return Err(RefreshError::Invalid);
                }
                Decision::Ended | Decision::Expired | Decision::Foreign => return Err(RefreshError::Invalid),
            }
        }
        Err(Fault::Contended.into())
    }

    /// Ends the session for good, before the answer says so.
    async fn end(mut unit: Box<dyn UnitOfWork>, session: &Session, end: SessionEnd) -> Result<(), Fault> {
        unit.sessions().end(session.id, end).await?;
        Ok(unit.commit().await?)
    }
}

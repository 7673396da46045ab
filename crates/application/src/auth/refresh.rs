//! Refresh (seed 002), as RFC 9700 §4.14.2 wants it: rotation with detection of reuse.

use doorward_domain::{
    Secret, SessionId, Timestamp,
    audit::AuditKind,
    session::{
        Device, EndReason, Rotation, Session, SessionEnd,
        refresh_token::{Decision, decide},
    },
    user::User,
};
use thiserror::Error;

use super::{IssuedTokens, tokens::TokenIssuer};
use crate::{
    Fault, Ports, Settings,
    fault::faults_of,
    mail::Post,
    ports::{Access, Event, Facts, MessageKind, UnitOfWork},
    settings::TokenRules,
    trail::{Entry, Trail},
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

impl RefreshError {
    /// Why, in a word for the count of refreshes.
    const fn word(&self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Reused(_) => "reused",
            Self::Fault(_) => "fault",
        }
    }
}

/// What a good refresh token got.
enum Refreshed {
    /// New tokens.
    Rotated(IssuedTokens),
    /// Once more what had been given for it already, within the grace.
    Repeated(IssuedTokens),
}

/// Exchanges a refresh token for new tokens.
pub struct Refresh {
    ports: Ports,
    rules: TokenRules,
    issuer: TokenIssuer,
    post: Post,
    trail: Trail,
}

impl Refresh {
    /// All that can come of a refresh, in words.
    pub const OUTCOMES: [&str; 5] = ["rotated", "repeated", "reused", "invalid", "fault"];

    /// How often a decision is made again because another request rotated the session meanwhile. The second
    /// finds the session already rotated, so more than two happen only when a client races itself.
    const ATTEMPTS: usize = 5;

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            rules: settings.tokens,
            issuer: TokenIssuer::new(ports, settings),
            post: Post::new(ports),
            trail: Trail::new(ports),
        }
    }

    /// Refreshes the session of this token, which came from this device.
    ///
    /// The user is read again under lock, so the new access token says what is true now. What the decision is
    /// based on may have been overtaken by another request; then the rotation, one conditional update, fails, and
    /// the decision is made again.
    pub async fn execute(&self, token: &Secret<String>, device: Device) -> Result<IssuedTokens, RefreshError> {
        let (outcome, done) = match self.attempt(token, device).await {
            Ok(Refreshed::Rotated(tokens)) => ("rotated", Ok(tokens)),
            Ok(Refreshed::Repeated(tokens)) => ("repeated", Ok(tokens)),
            Err(refused) => (refused.word(), Err(refused)),
        };
        self.ports.meter.count(Event::Refresh(outcome));
        done
    }

    async fn attempt(&self, token: &Secret<String>, device: Device) -> Result<Refreshed, RefreshError> {
        // A client's patience is counted from here: what this request waits for, others or a lock, is not its delay.
        let arrived = self.ports.clock.now();
        let mut token = self.ports.refresh_tokens.decode(token.expose()).map_err(|_| RefreshError::Invalid)?;
        let mut unit = self.ports.store.begin(Access::Write).await?;
        for _ in 0..Self::ATTEMPTS {
            let found = unit.sessions().find_with_locked_user(token.session_id).await?;
            let (session, user) = found.ok_or(RefreshError::Invalid)?;
            let now = self.ports.clock.now();
            if !user.may_sign_in() {
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
                        return Ok(Refreshed::Rotated(tokens));
                    }
                }
                Decision::Repeat { live } => {
                    // Read before the user was locked: it may have been ended while this waited for the lock.
                    let current = unit.sessions().find(session.id).await?;
                    if !current.is_some_and(|current| current.is_live(now)) {
                        return Err(RefreshError::Invalid);
                    }
                    token = token.of_generation(live);
                    return Ok(Refreshed::Repeated(self.issuer.issue(&user, &session, &token, now)?));
                }
                Decision::Reused => {
                    // Of those who bring it at once, one ends the session and has it told.
                    if unit.sessions().end(session.id, ended).await? {
                        self.tell_of_reuse(unit.as_mut(), &user, &session, device, now).await?;
                        unit.commit().await?;
                    }
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

    /// A used-up token is a stolen one, or a client that lost its state: the user can tell which.
    async fn tell_of_reuse(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        session: &Session,
        device: Device,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let facts = Facts::of_device(&device);
        self.post.notify(unit, user, MessageKind::RefreshTokenReused, facts, now).await?;
        let entry = Entry::of(AuditKind::RefreshTokenReused, user.id, device).in_session(session.id);
        Ok(self.trail.record(unit, entry.by_nobody(), now).await?)
    }

    /// Ends the session for good, before the answer says so.
    async fn end(mut unit: Box<dyn UnitOfWork>, session: &Session, end: SessionEnd) -> Result<(), Fault> {
        unit.sessions().end(session.id, end).await?;
        Ok(unit.commit().await?)
    }
}

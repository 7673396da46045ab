//! The part that sign-up and sign-in share: a session is opened and its first tokens are made.

use doorward_domain::{
    SessionId, Timestamp,
    session::{Device, EndReason, Nonce, RefreshState, RefreshToken, Session, SessionEnd},
    user::User,
};

use super::{IssuedTokens, tokens::TokenIssuer};
use crate::{Fault, Ports, Settings, ports::UnitOfWork};

/// How a session is to be opened.
pub(super) struct Opening {
    pub(super) device: Device,
    pub(super) remembered: bool,
    /// The session that the same browser had: two of them in one browser are one person's mistake or another's
    /// trap, so it ends (ASVS 7.2.4).
    pub(super) replaces: Option<SessionId>,
}

pub(super) struct SessionOpener {
    ports: Ports,
    issuer: TokenIssuer,
    settings: Settings,
}

impl SessionOpener {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), issuer: TokenIssuer::new(ports, settings), settings: settings.clone() }
    }

    /// Opens a session of a user whom this unit has added or locked. The session's id is always new: a client
    /// cannot choose it.
    pub(super) async fn open(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        opening: Opening,
        now: Timestamp,
    ) -> Result<(SessionId, IssuedTokens), Fault> {
        let Opening { device, remembered, replaces } = opening;
        let ended = |reason| SessionEnd { at: now, reason };
        if let Some(previous) = replaces {
            unit.sessions().end(previous, ended(EndReason::Replaced)).await?;
        }
        let keep = self.settings.max_sessions_per_user.saturating_sub(1);
        unit.sessions().end_oldest(user.id, keep, ended(EndReason::Evicted)).await?;

        let lifetime = self.settings.tokens.session;
        let absolute_expires_at = now + lifetime.absolute;
        let nonce = doorward_domain::Secret::new(Nonce::new(*self.ports.secrets.bytes16().expose()));
        let session = Session {
            id: self.ports.ids.session_id(now),
            user_id: user.id,
            device,
            remembered,
            created_at: now,
            last_seen_at: now,
            idle_expires_at: lifetime.idle_end(now, absolute_expires_at),
            absolute_expires_at,
            ended: None,
            access_token_id: self.ports.ids.token_id(now),
            refresh: RefreshState {
                generation: 0,
                rotated_at: now,
                nonce_digest: nonce.expose().digest(),
                key_id: self.ports.refresh_tokens.current_key(),
            },
        };
        unit.sessions().insert(&session).await?;
        let refresh = RefreshToken {
            key_id: session.refresh.key_id,
            session_id: session.id,
            generation: session.refresh.generation,
            nonce,
        };
        Ok((session.id, self.issuer.issue(user, &session, &refresh, now)?))
    }
}

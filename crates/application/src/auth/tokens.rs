//! The two tokens of a session.

use std::{sync::Arc, time::Duration};

use doorward_domain::{
    Secret, Timestamp,
    session::{RefreshToken, Session},
    token::{AccessClaims, claims::ProfileClaims},
    user::User,
};

use crate::{
    Fault, Ports, Settings,
    ports::{RefreshTokenCodec, TokenSigner},
    settings::TokenRules,
};

/// The tokens that stand for a session.
pub struct IssuedTokens {
    /// A signed JWT.
    pub access: Secret<String>,
    /// How long the access token is good for.
    pub access_expires_in: Duration,
    /// The opaque token to refresh with.
    pub refresh: Secret<String>,
    /// How long the refresh token is good for.
    pub refresh_expires_in: Duration,
    /// How long the session can last at the most.
    pub session_expires_in: Duration,
    /// Whether a browser keeps them after it is closed.
    pub remembered: bool,
}

/// Makes the tokens of a session.
pub(super) struct TokenIssuer {
    signer: Arc<dyn TokenSigner>,
    refresh_tokens: Arc<dyn RefreshTokenCodec>,
    rules: TokenRules,
}

impl TokenIssuer {
    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            signer: Arc::clone(&ports.signer),
            refresh_tokens: Arc::clone(&ports.refresh_tokens),
            rules: settings.tokens,
        }
    }

    /// The tokens of the session as it is to be stored. The access token begins at the moment of the session's latest
    /// rotation, so that a repeated refresh hands out the same token again, not a second one; where that would have
    /// expired already, as it may if access tokens live shorter than the grace, it begins now.
    pub(super) fn issue(
        &self,
        user: &User,
        session: &Session,
        refresh: &RefreshToken,
        now: Timestamp,
    ) -> Result<IssuedTokens, Fault> {
        let rotated_at = session.refresh.rotated_at;
        let issued_at = if rotated_at + self.rules.access_ttl > now { rotated_at } else { now };
        let expires_at = (issued_at + self.rules.access_ttl).min(session.absolute_expires_at);
        let claims = AccessClaims {
            subject: user.id,
            session_id: session.id,
            token_id: session.access_token_id,
            epoch: user.epoch,
            role: user.role,
            issued_at,
            expires_at,
            profile: self
                .rules
                .profile_claims
                .then(|| ProfileClaims { email: user.email.typed().to_owned(), name: user.name.full() }),
        };
        let left = |end: Timestamp| (end - now).to_std().unwrap_or(Duration::ZERO);
        Ok(IssuedTokens {
            access: self.signer.sign(&claims, now)?,
            access_expires_in: left(expires_at),
            refresh: self.refresh_tokens.encode(refresh)?,
            refresh_expires_in: left(session.idle_expires_at),
            session_expires_in: left(session.absolute_expires_at),
            remembered: session.remembered,
        })
    }
}

//! `[tokens]`: access and refresh tokens.

use std::time::Duration;

use doorward_domain::token::AccessClaims;

use crate::{section::Section, setting::named_setting};

/// Access and refresh tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// `iss`, if it is not `http.public_url`.
    pub issuer: Option<String>,
    /// `aud`.
    pub audience: String,
    /// How access tokens are signed.
    pub algorithm: Algorithm,
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How long a session lives after its last refresh.
    pub refresh_idle_ttl: Duration,
    /// How long a session lives after its sign-in.
    pub refresh_absolute_ttl: Duration,
    /// How long the previous refresh token is answered with the same successor.
    pub refresh_reuse_grace: Duration,
    /// Whether access tokens name the user's address and name.
    pub profile_claims: bool,
    /// Claims that access tokens carry a second time.
    pub extra_claims: ExtraClaims,
}

/// Claims that access tokens carry a second time, under the names that older clients know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraClaims {
    /// `sub` again, as `userId`.
    pub user_id: bool,
    /// `sid` again, as `sessionId`.
    pub session_id: bool,
    /// `sub` again, as `id`.
    pub id: bool,
}

/// How access tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA, PKCS #1 v1.5.
    Rs256,
    /// HMAC: nobody but this server can verify.
    Hs256,
}

named_setting!(Algorithm { "ES256" => Es256, "EdDSA" => EdDsa, "RS256" => Rs256, "HS256" => Hs256 });

impl Tokens {
    const GRACE_MAX: Duration = Duration::from_mins(1);
    const ABSOLUTE_MAX: Duration = Duration::from_hours(365 * 24);
    const SHORTEST: Duration = Duration::from_secs(1);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let tokens = Self {
            issuer: from.get("issuer"),
            audience: from.get("audience"),
            algorithm: from.get("algorithm"),
            access_ttl: from.get("access_ttl"),
            refresh_idle_ttl: from.get("refresh_idle_ttl"),
            refresh_absolute_ttl: from.get("refresh_absolute_ttl"),
            refresh_reuse_grace: from.get("refresh_reuse_grace"),
            profile_claims: from.get("profile_claims"),
            extra_claims: from.table("extra_claims", |from| ExtraClaims {
                user_id: from.get("user_id"),
                session_id: from.get("session_id"),
                id: from.get("id"),
            }),
        };
        let within = |duration, max| (Self::SHORTEST..=max).contains(&duration);
        from.require(!tokens.audience.trim().is_empty(), "audience", "must not be empty");
        from.require(within(tokens.access_ttl, AccessClaims::LONGEST_LIFE), "access_ttl", "must be from 1s to 1h");
        from.require(tokens.refresh_absolute_ttl <= Self::ABSOLUTE_MAX, "refresh_absolute_ttl", "must be at most 365d");
        from.require(
            within(tokens.refresh_idle_ttl, tokens.refresh_absolute_ttl),
            "refresh_idle_ttl",
            "must be from 1s to tokens.refresh_absolute_ttl",
        );
        from.require(tokens.refresh_reuse_grace <= Self::GRACE_MAX, "refresh_reuse_grace", "must be at most 1m");
        tokens
    }
}

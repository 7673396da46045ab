//! The claims as they stand in a token.

use std::fmt;

use doorward_application::ports::VerifyError;
use doorward_domain::{
    Role, SessionId, Timestamp, TokenId, UserId,
    token::{AccessClaims, claims::ProfileClaims},
    user::Epoch,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::JwtOptions;

/// The payload of a token (RFC 9068 §2.2). Claims that are not named here are none of ours and mean nothing
/// (RFC 7519 §4).
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    iss: String,
    aud: String,
    client_id: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    epoch: Epoch,
    iat: i64,
    nbf: i64,
    exp: i64,
    role: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "userId", skip_deserializing, skip_serializing_if = "Option::is_none")]
    user_id: Option<Uuid>,
    #[serde(rename = "sessionId", skip_deserializing, skip_serializing_if = "Option::is_none")]
    session_id: Option<Uuid>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

impl Payload {
    /// How far, in seconds, the clocks of two nodes may be apart: a node whose clock is more than a second off the
    /// database's is not ready.
    const CLOCK_SKEW: i64 = 2;

    /// The payload that says these claims.
    pub(super) fn new(claims: &AccessClaims, options: &JwtOptions) -> Self {
        let (sub, sid) = (claims.subject.uuid(), claims.session_id.uuid());
        let extra = options.extra_claims;
        let issued_at = claims.issued_at.timestamp();
        let profile = claims.profile.as_ref();
        Self {
            iss: options.issuer.clone(),
            aud: options.audience.clone(),
            client_id: options.client_id.clone(),
            sub,
            sid,
            jti: claims.token_id.uuid(),
            epoch: claims.epoch,
            iat: issued_at,
            nbf: issued_at,
            exp: claims.expires_at.timestamp(),
            role: claims.role.as_str().to_owned(),
            email: profile.map(|profile| profile.email.clone()),
            name: profile.map(|profile| profile.name.clone()),
            user_id: extra.user_id.then_some(sub),
            session_id: extra.session_id.then_some(sid),
            id: extra.id.then_some(sub),
        }
    }

    /// The claims, if this is the payload of a token of ours that is good now. There is no leeway at the end: a
    /// token is dead at `exp`.
    pub(super) fn read(self, options: &JwtOptions, now: Timestamp) -> Result<AccessClaims, VerifyError> {
        let claims = self.claims(options).ok_or(VerifyError::Invalid)?;
        if now.timestamp() < claims.issued_at.timestamp() - Self::CLOCK_SKEW {
            return Err(VerifyError::Invalid);
        }
        if now >= claims.expires_at { Err(VerifyError::Expired) } else { Ok(claims) }
    }

    fn claims(self, options: &JwtOptions) -> Option<AccessClaims> {
        let ours = self.iss == options.issuer && self.aud == options.audience && self.client_id == options.client_id;
        let issued_at = Timestamp::from_timestamp(self.iat, 0)?;
        let expires_at = Timestamp::from_timestamp(self.exp, 0)?;
        // In whole seconds a life may look up to one longer than it is, if it is no whole number of them.
        let life = (expires_at - issued_at).to_std().ok()?;
        let longest = options.access_ttl.as_secs() + u64::from(options.access_ttl.subsec_nanos() > 0);
        if !ours || self.nbf != self.iat || life.as_secs() > longest {
            return None;
        }
        let profile = match (self.email, self.name) {
            (Some(email), Some(name)) => Some(ProfileClaims { email, name }),
            (None, None) => None,
            _ => return None,
        };
        Some(AccessClaims {
            subject: UserId::new(self.sub),
            session_id: SessionId::new(self.sid),
            token_id: TokenId::new(self.jti),
            epoch: self.epoch,
            role: Role::ALL.into_iter().find(|role| role.as_str() == self.role)?,
            issued_at,
            expires_at,
            profile,
        })
    }
}

/// A claim that may be absent, but is never `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// A JSON object in which no name stands twice: two readers could see two different claims (RFC 7519 §4).
pub(super) struct Unrepeated<T>(pub(super) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Unrepeated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = deserializer.deserialize_map(Members)?;
        serde_json::from_value(Value::Object(members)).map(Self).map_err(Error::custom)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(Error::custom("a name stands twice"));
            }
        }
        Ok(members)
    }
}

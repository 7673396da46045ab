//! What an access token says.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    KeySet, Refusal, encoding,
    jws::{self, Kind},
};

/// What a token must say to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// `iss`, to the byte.
    pub issuer: String,
    /// `aud`, to the byte.
    pub audience: String,
    /// `client_id`, where only one client's tokens are accepted.
    pub client_id: Option<String>,
    /// The longest that a token may live, part of a second counted as a whole one.
    pub max_life: Duration,
    /// How long before `nbf` a token is accepted, in whole seconds: how far the issuer's clock may be ahead. More
    /// than [`MAX_LEEWAY`](Self::MAX_LEEWAY) counts as that.
    pub leeway_before: Duration,
    /// How long after `exp` a token is accepted, in the same way.
    pub leeway_after: Duration,
}

impl Expected {
    /// Clocks that are further apart than this are wrong, and not only imprecise.
    pub const MAX_LEEWAY: Duration = Duration::from_secs(30);

    /// Whether claims that were verified before are in their time at `now`, in seconds since 1970.
    pub fn check_time(&self, claims: &Claims, now: i64) -> Result<(), Refusal> {
        self.check_span(claims.issued_at, claims.expires_at, now)
    }

    /// For how long after a revocation was heard of a token that it ends could be accepted without it: signed by a clock
    /// that is as far ahead as it may be, with as long a life as it may have, and accepted as late as it is.
    #[cfg(feature = "client")]
    pub(crate) fn longest_acceptance(&self) -> Duration {
        whole_seconds(self.max_life).saturating_add(self.leeway_before).saturating_add(self.leeway_after)
    }

    fn check_span(&self, from: i64, until: i64, now: i64) -> Result<(), Refusal> {
        if now < from.saturating_sub(leeway(self.leeway_before)) {
            return Err(Refusal::NotYet);
        }
        if now >= until.saturating_add(leeway(self.leeway_after)) {
            return Err(Refusal::Expired);
        }
        Ok(())
    }
}

/// The claims of a token that is good (RFC 9068 §2.2). Moments are seconds since 1970 in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `kid`: the key that signed.
    pub key_id: String,
    /// `iss`: who signed.
    pub issuer: String,
    /// `aud`: for whom.
    pub audience: String,
    /// `client_id`: through which client.
    pub client_id: String,
    /// `sub`: whose token it is.
    pub subject: Uuid,
    /// `sid`: the session that it is of.
    pub session_id: Uuid,
    /// `jti`: the token itself.
    pub token_id: Uuid,
    /// `epoch`: how often what the subject may do had changed when it was signed.
    pub epoch: u32,
    /// `role`: what the subject may do.
    pub role: String,
    /// `iat` and `nbf`: from when on it is good.
    pub issued_at: i64,
    /// `exp`: the first second at which it is not.
    pub expires_at: i64,
    /// `email`, where tokens name their subjects.
    pub email: Option<String>,
    /// `name`, with `email` or not at all.
    pub name: Option<String>,
}

/// The claims as they stand in a token. Those that are not named here mean nothing (RFC 7519 §4).
#[derive(Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    client_id: String,
    #[serde(deserialize_with = "id")]
    sub: Uuid,
    #[serde(deserialize_with = "id")]
    sid: Uuid,
    #[serde(deserialize_with = "id")]
    jti: Uuid,
    epoch: u32,
    iat: i64,
    nbf: i64,
    exp: i64,
    role: String,
    #[serde(default, deserialize_with = "encoding::present")]
    email: Option<String>,
    #[serde(default, deserialize_with = "encoding::present")]
    name: Option<String>,
}

/// Revocations name digests of the one text that an id has.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    let text = String::deserialize(deserializer)?;
    let id = Uuid::try_parse(&text).map_err(Error::custom)?;
    let is_canonical = *id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *text;
    if is_canonical { Ok(id) } else { Err(Error::custom("another spelling of an id")) }
}

/// The claims of an access token (RFC 9068) that one of the keys has signed, that is what is expected, and that is
/// good at `now`, in seconds since 1970.
///
/// Whether its session, its subject's epoch or its key has been revoked is for the caller to know.
pub fn verify_access_token(token: &str, keys: &KeySet, expected: &Expected, now: i64) -> Result<Claims, Refusal> {
    let signed = jws::open(token, Kind::AccessToken, keys)?;
    let members = encoding::object(&signed.payload).ok_or(Refusal::Claims)?;
    let payload: Payload = serde_json::from_value(Value::Object(members)).map_err(|_| Refusal::Claims)?;
    payload.check(expected, now)?;
    Ok(payload.claims(signed.key.id()))
}

impl Payload {
    fn check(&self, expected: &Expected, now: i64) -> Result<(), Refusal> {
        if self.iss != expected.issuer {
            return Err(Refusal::Issuer);
        }
        if self.aud != expected.audience {
            return Err(Refusal::Audience);
        }
        if expected.client_id.as_ref().is_some_and(|client_id| *client_id != self.client_id) {
            return Err(Refusal::Client);
        }
        let life = self.exp.checked_sub(self.iat).and_then(|life| u64::try_from(life).ok()).ok_or(Refusal::Claims)?;
        if self.nbf != self.iat || self.email.is_some() != self.name.is_some() {
            return Err(Refusal::Claims);
        }
        if Duration::from_secs(life) > whole_seconds(expected.max_life) {
            return Err(Refusal::Life);
        }
        expected.check_span(self.nbf, self.exp, now)
    }

    fn claims(self, key_id: &str) -> Claims {
        Claims {
            key_id: key_id.to_owned(),
            issuer: self.iss,
            audience: self.aud,
            client_id: self.client_id,
            subject: self.sub,
            session_id: self.sid,
            token_id: self.jti,
            epoch: self.epoch,
            role: self.role,
            issued_at: self.iat,
            expires_at: self.exp,
            email: self.email,
            name: self.name,
        }
    }
}

/// In whole seconds a life may look up to one longer than it is, if it is no whole number of them.
fn whole_seconds(life: Duration) -> Duration {
    Duration::from_secs(life.as_secs().saturating_add(u64::from(life.subsec_nanos() > 0)))
}

pub(crate) fn leeway(asked: Duration) -> i64 {
    i64::try_from(asked.min(Expected::MAX_LEEWAY).as_secs()).unwrap_or(0)
}

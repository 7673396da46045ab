//! The claims as they stand in a token.

use doorward_domain::{
    Role, SessionId, Timestamp, TokenId, UserId,
    token::{AccessClaims, claims::ProfileClaims},
    user::Epoch,
};
use doorward_verifier::Claims;
use serde::Serialize;
use uuid::Uuid;

use super::JwtOptions;

/// The payload of a token (RFC 9068 §2.2).
#[derive(Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
    user_id: Option<Uuid>,
    #[serde(rename = "sessionId", skip_serializing_if = "Option::is_none")]
    session_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

impl Payload {
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
}

/// What a token of ours says that is good now. There is none of a role that this version does not know.
pub(super) fn access_claims(claims: Claims) -> Option<AccessClaims> {
    Some(AccessClaims {
        subject: UserId::new(claims.subject),
        session_id: SessionId::new(claims.session_id),
        token_id: TokenId::new(claims.token_id),
        epoch: claims.epoch,
        role: Role::ALL.into_iter().find(|role| role.as_str() == claims.role)?,
        issued_at: Timestamp::from_timestamp(claims.issued_at, 0)?,
        expires_at: Timestamp::from_timestamp(claims.expires_at, 0)?,
        profile: claims.email.zip(claims.name).map(|(email, name)| ProfileClaims { email, name }),
    })
}

//! Entries of the audit log as the wire shows them.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use doorward_domain::{SessionId, UserId, audit::AuditEvent, session::UserAgent};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEvent)]
pub(crate) struct AuditEventBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d")]
    id: Uuid,
    /// When it happened.
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    at: DateTime<Utc>,
    /// What happened.
    #[schema(example = "signed_in")]
    r#type: &'static str,
    /// Who did it, where that is known.
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    actor_id: Option<Uuid>,
    /// Whom it happened to.
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    user_id: Option<Uuid>,
    /// In which session.
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-1d3f5a7c9e02")]
    session_id: Option<Uuid>,
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    ip_address: Option<IpAddr>,
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    user_agent: Option<String>,
    /// A word more: the role that was given, or why a sign-in failed.
    #[schema(example = "EMPLOYER")]
    detail: Option<String>,
}

impl AuditEventBody {
    pub(crate) fn new(event: AuditEvent) -> Self {
        Self {
            id: event.id.uuid(),
            at: event.at,
            r#type: event.kind.as_str(),
            actor_id: event.actor_id.map(UserId::uuid),
            user_id: event.user_id.map(UserId::uuid),
            session_id: event.session_id.map(SessionId::uuid),
            ip_address: event.device.ip_address,
            user_agent: event.device.user_agent.as_ref().map(UserAgent::as_str).map(ToOwned::to_owned),
            detail: event.detail,
        }
    }
}

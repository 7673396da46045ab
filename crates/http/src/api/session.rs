//! Sessions as the wire shows them.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use doorward_domain::session::{Session, UserAgent};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A session. Nothing in it is a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-1d3f5a7c9e02")]
    id: Uuid,
    /// Whether it is the one that asks.
    #[schema(example = true)]
    current: bool,
    /// Whether its tokens are good: lists of sessions have no others.
    #[schema(example = true)]
    valid: bool,
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    created_at: DateTime<Utc>,
    /// When it was last used, true to five minutes.
    #[schema(example = "2026-01-02T09:30:00Z")]
    last_seen_at: DateTime<Utc>,
    /// When it ends if it is not refreshed before.
    #[schema(example = "2026-01-09T09:30:00Z")]
    expires_at: DateTime<Utc>,
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    ip_address: Option<IpAddr>,
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    user_agent: Option<String>,
    /// What a person would call the device.
    #[schema(example = "Firefox on Linux")]
    device: String,
}

impl SessionBody {
    pub(crate) fn new(session: &Session, current: bool, valid: bool) -> Self {
        Self {
            id: session.id.uuid(),
            current,
            valid,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.idle_expires_at,
            ip_address: session.device.ip_address,
            user_agent: session.device.user_agent.as_ref().map(UserAgent::as_str).map(ToOwned::to_owned),
            device: session.device.label(),
        }
    }
}

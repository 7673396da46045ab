//! `GET /auth/sessions`

use std::net::IpAddr;

use actix_web::{HttpResponse, web::Data};
use chrono::{DateTime, Utc};
use doorward_domain::session::{Session, UserAgent};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::Success,
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

/// The user's sessions, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    sessions: Vec<SessionBody>,
}

/// A session. Nothing in it is a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    /// Whether its tokens are good: what is not is not listed.
    #[schema(example = true)]
    valid: bool,
    created_at: DateTime<Utc>,
    /// When it was last used, true to five minutes.
    last_seen_at: DateTime<Utc>,
    /// When it ends if it is not refreshed before.
    expires_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    ip_address: Option<IpAddr>,
    user_agent: Option<String>,
    /// What a person would call the device.
    #[schema(example = "Firefox on Linux")]
    device: String,
}

impl SessionBody {
    fn new(session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.uuid(),
            current: session.id == current.id,
            valid: session.ended.is_none(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.idle_expires_at,
            ip_address: session.device.ip_address,
            user_agent: session.device.user_agent.as_ref().map(UserAgent::as_str).map(ToOwned::to_owned),
            device: session.device.label(),
        }
    }
}

pub(crate) const ERRORS: &[Code] = &[];

/// Lists the sessions that can act for the user.
///
/// A session that was ended or has expired is not listed.
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "listSessions", tag = "The signed-in user",
    responses((status = 200, description = "The live sessions.", body = SessionsBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    let sessions = edge.app.sessions.list.execute(&actor).await?;
    let sessions = sessions.iter().map(|session| SessionBody::new(session, &actor.session)).collect();
    Ok(HttpResponse::Ok().json(SessionsBody { success: Success, sessions }))
}

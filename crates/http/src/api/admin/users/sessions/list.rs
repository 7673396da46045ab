//! `GET /auth/admin/users/{id}/sessions`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use crate::{
    api::{Success, session::SessionBody, sessions::list::SessionsBody},
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Lists the sessions that can act for a user.
///
/// `current` is the administrator's own, which asks.
#[utoipa::path(
    get, path = "/auth/admin/users/{id}/sessions", operation_id = "listUserSessions", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The live sessions.", body = SessionsBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let sessions = edge.app.admin.user_sessions.list(&actor, UserId::new(id)).await?;
    let sessions = sessions.iter().map(|session| SessionBody::new(session, session.id == actor.session.id, true));
    Ok(HttpResponse::Ok().json(SessionsBody { success: Success, sessions: sessions.collect() }))
}

//! `GET /auth/sessions`

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Success, session::SessionBody},
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

/// A user's sessions, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsBody {
    #[schema(value_type = bool, example = true)]
    pub(crate) success: Success,
    pub(crate) sessions: Vec<SessionBody>,
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
    let sessions = sessions.iter().map(|session| SessionBody::new(session, session.id == actor.session.id, true));
    Ok(HttpResponse::Ok().json(SessionsBody { success: Success, sessions: sessions.collect() }))
}

//! `DELETE /auth/sessions/{id}`

use actix_web::{HttpResponse, web::Data};
use doorward_application::sessions::RevokeSessionError;
use doorward_domain::SessionId;

use crate::{
    api::Done,
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

impl From<RevokeSessionError> for Problem {
    fn from(error: RevokeSessionError) -> Self {
        match error {
            RevokeSessionError::SessionEnded => Code::SessionEnded.into(),
            RevokeSessionError::NotFound => Code::NotFound.into(),
            RevokeSessionError::Fault(fault) => fault.into(),
        }
    }
}

/// Ends one of the user's sessions.
///
/// Its tokens are dead for the very next request; cookies are cleared if it is the one that asks. Another user's
/// session is none.
#[utoipa::path(
    delete, path = "/auth/sessions/{id}", operation_id = "revokeSession", tag = "The signed-in user",
    params(("id" = Uuid, Path, description = "The session.")),
    responses((status = 200, description = "Ended.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let id = SessionId::new(id);
    edge.app.sessions.revoke.execute(&actor, id).await?;
    let mut response = HttpResponse::Ok();
    if id == actor.session.id {
        edge.cookies().forget(&mut response);
    }
    Ok(response.json(Done::new("Session ended")))
}

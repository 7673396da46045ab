//! `POST /auth/logout-all`

use actix_web::{HttpResponse, web::Data};
use doorward_application::sessions::RevokeSessionsError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::Success,
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggedOutAllBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// A sentence that a person may be shown.
    #[schema(example = "Logged out everywhere")]
    message: &'static str,
    /// How many sessions ended, this one included.
    #[schema(example = 3)]
    sessions_revoked: u64,
}

pub(crate) const ERRORS: &[Code] = &[];

impl From<RevokeSessionsError> for Problem {
    fn from(error: RevokeSessionsError) -> Self {
        match error {
            RevokeSessionsError::SessionEnded => Code::SessionEnded.into(),
            RevokeSessionsError::Fault(fault) => fault.into(),
        }
    }
}

/// Signs out everywhere.
///
/// Ends every session of the user, this one too; cookies are cleared.
#[utoipa::path(
    post, path = "/auth/logout-all", operation_id = "logOutAll", tag = "Signing in",
    responses((status = 200, description = "Signed out everywhere.", body = LoggedOutAllBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    let sessions_revoked = edge.app.sessions.revoke_all.execute(&actor).await?;
    let body = LoggedOutAllBody { success: Success, message: "Logged out everywhere", sessions_revoked };
    Ok(edge.cookies().forget(&mut HttpResponse::Ok()).json(body))
}

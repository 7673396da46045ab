//! `DELETE /auth/admin/users/{id}/sessions`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Success, admin::users::forget_own},
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserSessionsEndedBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// A sentence that a person may be shown.
    #[schema(example = "Sessions ended")]
    message: &'static str,
    /// How many sessions ended.
    #[schema(example = 3)]
    sessions_revoked: u64,
}

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Ends a user's sessions.
///
/// Their tokens are dead for the very next request, and the links of earlier mails work no more.
#[utoipa::path(
    delete, path = "/auth/admin/users/{id}/sessions", operation_id = "endUserSessions", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "Ended.", body = UserSessionsEndedBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    let sessions_revoked = edge.app.admin.user_sessions.end_all(&actor, id).await?;
    let mut response = HttpResponse::Ok();
    forget_own(&edge, &actor, id, &mut response);
    Ok(response.json(UserSessionsEndedBody { success: Success, message: "Sessions ended", sessions_revoked }))
}

//! `POST /auth/admin/users/{id}/reset-password`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use crate::{
    api::Done,
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Sends a user the link to a new password.
///
/// Only the user sees it. The old password and the sessions stay good until the new one is chosen.
#[utoipa::path(
    post, path = "/auth/admin/users/{id}/reset-password", operation_id = "startReset", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 202, description = "The mail is on its way.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    edge.app.admin.start_reset.execute(&actor, UserId::new(id)).await?;
    Ok(HttpResponse::Accepted().json(Done::new("The user gets a mail")))
}

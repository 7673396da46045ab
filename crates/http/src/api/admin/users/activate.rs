//! `POST /auth/admin/users/{id}/activate`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use super::UserStatusBody;
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Lets a deactivated user sign in again.
///
/// The sessions of before stay ended, and a deletion that the user asked for stays due. To do it once more changes
/// nothing.
#[utoipa::path(
    post, path = "/auth/admin/users/{id}/activate", operation_id = "activateUser", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "Activated.", body = UserStatusBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let user = edge.app.admin.activate_user.execute(&actor, UserId::new(id)).await?;
    Ok(HttpResponse::Ok().json(UserStatusBody::new(&user)))
}

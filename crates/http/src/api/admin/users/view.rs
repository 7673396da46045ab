//! `GET /auth/admin/users/{id}`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use super::UserWithProfileBody;
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Shows a user.
#[utoipa::path(
    get, path = "/auth/admin/users/{id}", operation_id = "viewUser", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user and the profile of their role.", body = UserWithProfileBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let (user, profile) = edge.app.admin.find_user.execute(&actor, UserId::new(id)).await?;
    Ok(HttpResponse::Ok().json(UserWithProfileBody::new(&user, &profile)))
}

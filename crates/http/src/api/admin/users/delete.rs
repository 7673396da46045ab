//! `DELETE /auth/admin/users/{id}`

use actix_web::{HttpResponse, web::Data};
use doorward_application::admin::DeleteUserError;
use doorward_domain::UserId;

use super::forget_own;
use crate::{
    api::Done,
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound, Code::LastAdmin];

impl From<DeleteUserError> for Problem {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::Forbidden(_) => Code::Forbidden.into(),
            DeleteUserError::SessionEnded => Code::SessionEnded.into(),
            DeleteUserError::NotFound => Code::NotFound.into(),
            DeleteUserError::LastAdmin => Code::LastAdmin.into(),
            DeleteUserError::Fault(fault) => fault.into(),
        }
    }
}

/// Deletes a user.
///
/// At once and for good: the time in which an account can be kept after all is for owners who change their minds. The
/// audit log keeps its entries.
#[utoipa::path(
    delete, path = "/auth/admin/users/{id}", operation_id = "deleteUser", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "Deleted.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    edge.app.admin.delete_user.execute(&actor, id).await?;
    let mut response = HttpResponse::Ok();
    forget_own(&edge, &actor, id, &mut response);
    Ok(response.json(Done::new("User deleted")))
}

//! `POST /auth/admin/users/{id}/deactivate`

use actix_web::{HttpResponse, web::Data};
use doorward_application::admin::DeactivateUserError;
use doorward_domain::UserId;

use super::{UserStatusBody, forget_own};
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound, Code::LastAdmin];

impl From<DeactivateUserError> for Problem {
    fn from(error: DeactivateUserError) -> Self {
        match error {
            DeactivateUserError::Forbidden(_) => Code::Forbidden.into(),
            DeactivateUserError::SessionEnded => Code::SessionEnded.into(),
            DeactivateUserError::NotFound => Code::NotFound.into(),
            DeactivateUserError::LastAdmin => Code::LastAdmin.into(),
            DeactivateUserError::Fault(fault) => fault.into(),
        }
    }
}

/// Keeps a user from signing in.
///
/// The user's sessions end, and the links of earlier mails work no more. To do it once more changes nothing.
#[utoipa::path(
    post, path = "/auth/admin/users/{id}/deactivate", operation_id = "deactivateUser", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "Deactivated.", body = UserStatusBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    let user = edge.app.admin.deactivate_user.execute(&actor, id).await?;
    let mut response = HttpResponse::Ok();
    forget_own(&edge, &actor, id, &mut response);
    Ok(response.json(UserStatusBody::new(&user)))
}

//! `DELETE /auth/admin/invitations/{id}`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::InvitationId;

use crate::{
    api::Done,
    edge::Edge,
    extract::{PathId, SignedIn},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Takes an invitation back.
///
/// Only an open one is there to be taken back.
#[utoipa::path(
    delete, path = "/auth/admin/invitations/{id}", operation_id = "withdrawInvitation", tag = "Administration",
    params(("id" = Uuid, Path, description = "The invitation.")),
    responses((status = 200, description = "Taken back.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    edge.app.admin.withdraw_invitation.execute(&actor, InvitationId::new(id)).await?;
    Ok(HttpResponse::Ok().json(Done::new("Invitation withdrawn")))
}

//! `GET /auth/admin/invitations`

use actix_web::{HttpResponse, web::Data};
use doorward_application::page::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{Success, invitation::InvitationBody},
    edge::Edge,
    extract::{SignedIn, ValidQuery, from_text},
    problem::{Code, Problem},
};

/// Which page is wanted.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvitationsQuery {
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
    /// How many at the most: 1 to 200, 50 if nothing is said.
    #[serde(deserialize_with = "from_text")]
    #[param(example = 50, minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// A page of invitations, the latest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationsBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    invitations: Vec<InvitationBody>,
    /// Where the next page begins; `null` on the last.
    #[schema(example = "AZifPnosfhGwoVwKaot_PfYyS3s4m7t2uVx0k9Q4zN0")]
    next_cursor: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[];

/// Lists invitations, also those of which something has become.
#[utoipa::path(
    get, path = "/auth/admin/invitations", operation_id = "listInvitations", tag = "Administration",
    params(InvitationsQuery),
    responses((status = 200, description = "A page of them.", body = InvitationsBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidQuery(query): ValidQuery<InvitationsQuery>,
) -> Result<HttpResponse, Problem> {
    let request = PageRequest { cursor: query.cursor, limit: query.limit };
    let page = edge.app.admin.list_invitations.execute(&actor, request).await?;
    let invitations = page.items.iter().map(|(invitation, state)| InvitationBody::new(invitation, *state)).collect();
    Ok(HttpResponse::Ok().json(InvitationsBody { success: Success, invitations, next_cursor: page.next }))
}

//! `GET /auth/admin/audit-events`

use actix_web::{HttpResponse, web::Data};
use doorward_application::{admin::AuditQuery, page::PageRequest};
use doorward_domain::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{Success, audit_event::AuditEventBody},
    edge::Edge,
    extract::{SignedIn, ValidQuery, from_text},
    problem::{Code, Problem},
};

/// Which entries are wanted.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditEventsQuery {
    /// The id of a user: what was done by or to them, also if they are gone.
    #[serde(deserialize_with = "from_text")]
    #[param(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    user: Option<Uuid>,
    /// What happened.
    #[param(example = "sign_in_failed")]
    r#type: Option<String>,
    /// The `nextCursor` of the page before. It is good for the same filters alone.
    cursor: Option<String>,
    /// How many at the most: 1 to 200, 50 if nothing is said.
    #[serde(deserialize_with = "from_text")]
    #[param(example = 50, minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// A page of the audit log, the latest entry first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEventsBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    events: Vec<AuditEventBody>,
    /// Where the next page begins; `null` on the last.
    #[schema(example = "AZifPnosfhGwoVwKaot_PYyS3s4m7t2uVx0k9Q4zN1g")]
    next_cursor: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[];

/// Shows the audit log.
///
/// Every filter narrows. To read it leaves no entry.
#[utoipa::path(
    get, path = "/auth/admin/audit-events", operation_id = "listAuditEvents", tag = "Administration",
    params(AuditEventsQuery),
    responses((status = 200, description = "A page of the entries that match.", body = AuditEventsBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidQuery(query): ValidQuery<AuditEventsQuery>,
) -> Result<HttpResponse, Problem> {
    let query = AuditQuery {
        user: query.user.map(UserId::new),
        kind: query.r#type,
        page: PageRequest { cursor: query.cursor, limit: query.limit },
    };
    let page = edge.app.admin.list_audit_events.execute(&actor, query).await?;
    let events = page.items.into_iter().map(AuditEventBody::new).collect();
    Ok(HttpResponse::Ok().json(AuditEventsBody { success: Success, events, next_cursor: page.next }))
}

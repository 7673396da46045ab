//! `GET /health/ready`

use std::time::Duration;

use actix_web::{HttpResponse, rt::time::timeout, web::Data};

use super::HealthBody;
use crate::{
    api::Success,
    edge::Edge,
    problem::{Code, Problem},
};

/// How long the store may take to answer.
const DEADLINE: Duration = Duration::from_secs(2);

pub(crate) const ERRORS: &[Code] = &[];

/// Says that requests can be answered now. Whoever sends them here asks this.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "ready", tag = "Operations",
    responses((status = 200, description = "It can work.", body = HealthBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>) -> Result<HttpResponse, Problem> {
    let unavailable = Problem::new(Code::Unavailable);
    if edge.is_leaving() {
        return Err(unavailable.caused_by("the server is being stopped"));
    }
    match timeout(DEADLINE, edge.app.operations.readiness.execute()).await {
        Ok(Ok(())) => Ok(HttpResponse::Ok().json(HealthBody { success: Success, status: "ready" })),
        Ok(Err(cause)) => Err(unavailable.caused_by(cause)),
        Err(cause) => Err(unavailable.caused_by(cause)),
    }
}

//! `GET /health/live`

use actix_web::HttpResponse;

use super::HealthBody;
use crate::{api::Success, problem::Code};

pub(crate) const ERRORS: &[Code] = &[];

/// Says that the process runs. Whoever restarts it asks this.
#[utoipa::path(
    get, path = "/health/live", operation_id = "live", tag = "Operations",
    responses((status = 200, description = "It runs.", body = HealthBody)),
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::Ok().json(HealthBody { success: Success, status: "live" })
}

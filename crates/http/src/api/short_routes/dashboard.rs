//! `GET /dashboard`

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{api::Success, extract::SignedIn, problem::Code};

/// A greeting.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    #[schema(example = "Welcome Jane Doe!")]
    message: String,
}

pub(crate) const ERRORS: &[Code] = &[];

/// Greets the signed-in user.
#[utoipa::path(
    get, path = "/dashboard", operation_id = "dashboard", tag = "Short routes",
    responses((status = 200, description = "A greeting.", body = DashboardBody)),
)]
pub(crate) async fn handle(SignedIn(actor): SignedIn) -> HttpResponse {
    let message = format!("Welcome {}!", actor.user.name.full());
    HttpResponse::Ok().json(DashboardBody { success: Success, message })
}

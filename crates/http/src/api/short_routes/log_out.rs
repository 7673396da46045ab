//! `POST /logout`

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    api::{
        Done,
        auth::log_out::{self, LogOutBody},
    },
    edge::Edge,
    extract::{Client, OptionalJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = log_out::ERRORS;

/// Signs out: the same as `POST /auth/logout`.
#[utoipa::path(
    post, path = "/logout", operation_id = "shortLogOut", tag = "Short routes",
    request_body = Option<LogOutBody>,
    responses((status = 200, description = "Signed out.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    request: HttpRequest,
    body: OptionalJson<LogOutBody>,
) -> Result<HttpResponse, Problem> {
    log_out::handle(edge, client, request, body).await
}

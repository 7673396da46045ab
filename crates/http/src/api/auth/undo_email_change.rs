//! `POST /auth/undo-email-change`

use actix_web::{HttpResponse, web::Data};

use super::{LinkBody, confirm_email};
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = confirm_email::ERRORS;

/// Gives an account back to the address that it had.
///
/// Every session ends, the password works no longer, and a mail to that address lets choose another.
#[utoipa::path(
    post, path = "/auth/undo-email-change", operation_id = "undoEmailChange", tag = "Links of mails",
    request_body = LinkBody,
    responses((status = 200, description = "Undone.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<LinkBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.undo_email_change.execute(&body.token, client.device).await?;
    Ok(HttpResponse::Ok().json(Done::new("Your account has its old address again. Check your mail to go on.")))
}

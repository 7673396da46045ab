//! `POST /auth/resend-verification`

use actix_web::{HttpResponse, web::Data};

use super::{AddressBody, forgot_password};
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = forgot_password::ERRORS;

/// Asks for another mail to prove an address with.
///
/// Whether the address has an account that is not proven yet is not told.
#[utoipa::path(
    post, path = "/auth/resend-verification", operation_id = "resendVerification", tag = "Links of mails",
    request_body = AddressBody,
    responses((status = 202, description = "If there is something to prove, a mail is on its way.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<AddressBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.request_verification.execute(&body.email, &client.device).await?;
    Ok(HttpResponse::Accepted().json(Done::new("If this address is to be confirmed, a mail is on its way.")))
}

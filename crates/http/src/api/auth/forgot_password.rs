//! `POST /auth/forgot-password`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::RequestLinkError;

use super::AddressBody;
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::TooManyAttempts];

impl From<RequestLinkError> for Problem {
    fn from(error: RequestLinkError) -> Self {
        match error {
            RequestLinkError::Invalid(errors) => errors.into(),
            RequestLinkError::Fault(fault) => fault.into(),
        }
    }
}

/// Asks for a mail to choose a new password with.
///
/// Whether the address has an account is not told.
#[utoipa::path(
    post, path = "/auth/forgot-password", operation_id = "forgotPassword", tag = "Links of mails",
    request_body = AddressBody,
    responses((status = 202, description = "If the address has an account, a mail is on its way.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<AddressBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.request_reset.execute(&body.email, &client.device).await?;
    Ok(HttpResponse::Accepted().json(Done::new("If this address has an account, a mail is on its way.")))
}

//! `POST /auth/confirm-email`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::ConfirmEmailError;

use super::LinkBody;
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::InvalidToken, Code::UserAlreadyExists];

impl From<ConfirmEmailError> for Problem {
    fn from(error: ConfirmEmailError) -> Self {
        match error {
            ConfirmEmailError::InvalidToken => Code::InvalidToken.into(),
            ConfirmEmailError::EmailTaken => Code::UserAlreadyExists.into(),
            ConfirmEmailError::Fault(fault) => fault.into(),
        }
    }
}

/// Changes the address of an account to the one that the link was sent to.
///
/// The old address, if it was proven, is told and can undo it.
#[utoipa::path(
    post, path = "/auth/confirm-email", operation_id = "confirmEmail", tag = "Links of mails",
    request_body = LinkBody,
    responses((status = 200, description = "Changed.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<LinkBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.confirm_email.execute(&body.token, client.device).await?;
    Ok(HttpResponse::Ok().json(Done::new("Your email address is changed.")))
}

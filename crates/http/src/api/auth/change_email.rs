//! `POST /auth/change-email`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::ChangeEmailError;
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::Done,
    edge::Edge,
    extract::{SignedIn, ValidJson},
    problem::{Code, Problem},
};

/// Another address, and the password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeEmailBody {
    #[serde(default)]
    #[schema(required, format = Email, example = "jane.doe@example.com")]
    new_email: String,
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
}

pub(crate) const ERRORS: &[Code] =
    &[Code::InvalidCredentials, Code::TooManyAttempts, Code::PasswordStopped, Code::Overloaded];

impl From<ChangeEmailError> for Problem {
    fn from(error: ChangeEmailError) -> Self {
        match error {
            ChangeEmailError::Invalid(errors) => errors.into(),
            ChangeEmailError::WrongPassword => Code::InvalidCredentials.into(),
            ChangeEmailError::SessionEnded => Code::SessionEnded.into(),
            ChangeEmailError::Fault(fault) => fault.into(),
        }
    }
}

/// Begins a change of the signed-in user's address.
///
/// It changes when the link that is sent to the new address comes back. Whether that address has an account already is
/// not told; its owner is.
#[utoipa::path(
    post, path = "/auth/change-email", operation_id = "changeEmail", tag = "The signed-in user",
    request_body = ChangeEmailBody,
    responses((status = 202, description = "A mail to the new address is on its way.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<ChangeEmailBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.change_email.execute(&actor, &body.new_email, &Secret::new(body.password)).await?;
    Ok(HttpResponse::Accepted().json(Done::new("Check the mail of the new address to go on.")))
}

//! `POST /auth/change-password`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::ChangePasswordError;
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

/// The password, and the next one.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangePasswordBody {
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery")]
    current_password: String,
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    new_password: String,
}

pub(crate) const ERRORS: &[Code] =
    &[Code::InvalidCredentials, Code::TooManyAttempts, Code::PasswordStopped, Code::Overloaded];

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Invalid(errors) => errors.into(),
            ChangePasswordError::WrongPassword => Code::InvalidCredentials.into(),
            ChangePasswordError::SessionEnded => Code::SessionEnded.into(),
            ChangePasswordError::Fault(fault) => fault.into(),
        }
    }
}

/// Changes the signed-in user's password.
///
/// Every other session ends; the user is told by mail.
#[utoipa::path(
    post, path = "/auth/change-password", operation_id = "changePassword", tag = "The signed-in user",
    request_body = ChangePasswordBody,
    responses((status = 200, description = "Changed.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<ChangePasswordBody>,
) -> Result<HttpResponse, Problem> {
    let (current, new) = (Secret::new(body.current_password), Secret::new(body.new_password));
    edge.app.account.change_password.execute(&actor, &current, &new).await?;
    Ok(HttpResponse::Ok().json(Done::new("Your password is changed.")))
}

//! `POST /auth/reset-password`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::ResetPasswordError;
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

/// A new password, and the right to choose it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPasswordBody {
    /// The link's `token`.
    #[serde(default)]
    #[schema(required, example = "mK3Zr0kQ9xJ4b7uXw2yT5vNcA1sD8fGhLpO6iEeRtUw")]
    token: String,
    /// The new password.
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
}

pub(crate) const ERRORS: &[Code] = &[Code::InvalidToken, Code::Overloaded];

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::Invalid(errors) => errors.into(),
            ResetPasswordError::InvalidToken => Code::InvalidToken.into(),
            ResetPasswordError::Fault(fault) => fault.into(),
        }
    }
}

/// Chooses a new password by the link of a mail.
///
/// Every session ends and nobody is signed in. A password that is refused leaves the token good.
#[utoipa::path(
    post, path = "/auth/reset-password", operation_id = "resetPassword", tag = "Links of mails",
    request_body = ResetPasswordBody,
    responses((status = 200, description = "Chosen.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<ResetPasswordBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.reset_password.execute(&body.token, &Secret::new(body.password), client.device).await?;
    Ok(HttpResponse::Ok().json(Done::new("Your password is changed. Sign in with it.")))
}

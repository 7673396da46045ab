//! `POST /auth/login`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use doorward_application::auth::{LogInCommand, LogInError, SignedIn};
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::SignedInBody;
use crate::{
    api::{Success, tokens::Delivery, user::UserBody, yes},
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

/// A sign-in: by address or by username.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = Self::has_one_name))]
pub(crate) struct LogInBody {
    /// The address; this or `username`.
    email: Option<String>,
    /// The username, or an address; this or `email`.
    username: Option<String>,
    #[serde(default)]
    #[schema(required, format = Password)]
    password: String,
    /// Puts the tokens into cookies instead of the body.
    #[serde(default)]
    use_cookies: bool,
    /// Whether the cookies outlive the browser.
    #[serde(default = "yes")]
    #[schema(default = true)]
    remember_me: bool,
}

impl LogInBody {
    fn has_one_name(&self) -> Result<(), ValidationError> {
        one_name(self.email.as_deref(), self.username.as_deref())
    }
}

/// Two names could be two people's.
pub(in crate::api) fn one_name(email: Option<&str>, username: Option<&str>) -> Result<(), ValidationError> {
    let (field, code, message) = match (email, username) {
        (Some(_), None) | (None, Some(_)) => return Ok(()),
        (None, None) => ("email", "required", "This or a username is required."),
        (Some(_), Some(_)) => ("username", "conflicting", "This must be absent where there is an email."),
    };
    let mut error = ValidationError::new(code).with_message(message.into());
    error.add_param("field".into(), &field);
    Err(error)
}

pub(crate) const ERRORS: &[Code] = &[Code::InvalidCredentials, Code::AccountDeactivated, Code::EmailNotVerified];

impl From<LogInError> for Problem {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Invalid(errors) => errors.into(),
            LogInError::InvalidCredentials => Code::InvalidCredentials.into(),
            LogInError::Deactivated => Code::AccountDeactivated.into(),
            LogInError::EmailNotVerified => Code::EmailNotVerified.into(),
            LogInError::Fault(fault) => fault.into(),
        }
    }
}

/// Signs in.
///
/// Opens a new session. A session whose cookie came with the request ends.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "logIn", tag = "Signing in",
    request_body = LogInBody,
    responses((status = 200, description = "Signed in.", body = SignedInBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    request: HttpRequest,
    ValidJson(body): ValidJson<LogInBody>,
) -> Result<HttpResponse, Problem> {
    let delivery = Delivery::chosen(&request, body.use_cookies)?;
    let command = LogInCommand {
        identifier: body.email.or(body.username).unwrap_or_default(),
        password: Secret::new(body.password),
        remembered: body.remember_me,
        device: client.device,
        presented: client.presented,
    };
    let SignedIn { user, profile, tokens } = edge.app.auth.log_in.execute(command).await?;
    let user = UserBody::new(&user, &profile);
    Ok(delivery.answer(&edge, HttpResponse::Ok(), tokens, |tokens| SignedInBody { success: Success, tokens, user }))
}

//! `POST /auth/login`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::SecondsFormat;
use doorward_application::auth::{LogInCommand, LogInError, SignedIn};
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::SignedInBody;
use crate::{
    api::{
        Success,
        tokens::{Delivery, recognisable},
        user::UserBody,
        yes,
    },
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
    #[schema(format = Email, example = "jane@example.com")]
    email: Option<String>,
    /// The username, or an address; this or `email`.
    #[schema(example = "jane")]
    username: Option<String>,
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
    /// Keeps an account after all that is going to be deleted.
    #[serde(default)]
    #[schema(default = false)]
    restore: bool,
    /// Puts the tokens into cookies instead of the body.
    #[serde(default)]
    #[schema(default = false)]
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

pub(crate) const ERRORS: &[Code] = &[
    Code::InvalidCredentials,
    Code::AccountDeactivated,
    Code::EmailNotVerified,
    Code::DeletionPending,
    Code::TooManyAttempts,
    Code::PasswordStopped,
];

impl From<LogInError> for Problem {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Invalid(errors) => errors.into(),
            LogInError::InvalidCredentials => Code::InvalidCredentials.into(),
            LogInError::Deactivated => Code::AccountDeactivated.into(),
            LogInError::EmailNotVerified => Code::EmailNotVerified.into(),
            LogInError::DeletionPending(at) => {
                let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                let detail = format!("It is going to be deleted at {at}. A sign-in with `restore` keeps it.");
                Self::new(Code::DeletionPending).with_detail(detail)
            }
            LogInError::Fault(fault) => fault.into(),
        }
    }
}

/// Signs in.
///
/// Opens a new session. A session whose cookie came with the request ends.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "logIn", tag = "Signing in",
    request_body(content = LogInBody, examples(
        ("email" = (summary = "By address", value = json!({
            "email": "jane@example.com", "password": "correct horse battery staple",
        }))),
        ("username" = (summary = "By username", value = json!({
            "username": "jane", "password": "correct horse battery staple",
        }))),
    )),
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
        restore: body.restore,
        remembered: body.remember_me,
        device: client.device,
        presented: client.presented,
    };
    let SignedIn { user, profile, tokens, device_token } = edge.app.auth.log_in.execute(command).await?;
    let user = UserBody::new(&user, &profile);
    let response = recognisable(&request, HttpResponse::Ok(), device_token.as_ref());
    Ok(delivery.answer(&edge, response, tokens, |tokens| SignedInBody { success: Success, tokens, user }))
}

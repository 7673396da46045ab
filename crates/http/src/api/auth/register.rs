//! `POST /auth/register`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use doorward_application::auth::{RegisterCommand, RegisterError, Registered, SignedIn};
use doorward_domain::{Secret, profile::ProfileSeed};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::SignedInBody;
use crate::{
    api::{
        Done, Success,
        tokens::{Delivery, recognisable},
        user::UserBody,
        yes,
    },
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

/// A sign-up.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegisterBody {
    #[serde(default)]
    #[schema(required, format = Email, example = "jane@example.com")]
    email: String,
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
    #[serde(default)]
    #[schema(required, example = "Jane")]
    first_name: String,
    #[serde(default)]
    #[schema(required, example = "Doe")]
    last_name: String,
    /// A second name to sign in with.
    #[schema(example = "jane")]
    username: Option<String>,
    /// `CANDIDATE`, the default, or `EMPLOYER`; others need an invitation.
    #[schema(example = "CANDIDATE")]
    role: Option<String>,
    /// The company, which an employer must name.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    #[schema(example = "+49 30 1234")]
    phone_number: Option<String>,
    /// The language to write to the user in; the browser's, if none is named.
    #[schema(example = "en")]
    locale: Option<String>,
    /// The token of an invitation, from its link.
    #[schema(example = "mK3Zr0kQ9xJ4b7uXw2yT5vNcA1sD8fGhLpO6iEeRtUw")]
    invitation: Option<String>,
    /// Puts the tokens into cookies instead of the body.
    #[serde(default)]
    #[schema(default = false)]
    use_cookies: bool,
    /// Whether the cookies outlive the browser.
    #[serde(default = "yes")]
    #[schema(default = true)]
    remember_me: bool,
}

pub(crate) const ERRORS: &[Code] = &[
    Code::UserAlreadyExists,
    Code::InvalidToken,
    Code::RoleNotAllowed,
    Code::RegistrationClosed,
    Code::UsernameTaken,
    Code::TooManyAttempts,
];

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Invalid(errors) => errors.into(),
            RegisterError::Closed => Code::RegistrationClosed.into(),
            RegisterError::RoleNotAllowed => Code::RoleNotAllowed.into(),
            RegisterError::InvalidInvitation => Code::InvalidToken.into(),
            RegisterError::UserAlreadyExists => Code::UserAlreadyExists.into(),
            RegisterError::UsernameTaken => Code::UsernameTaken.into(),
            RegisterError::Fault(fault) => fault.into(),
        }
    }
}

/// Signs up.
///
/// User, profile, session and verification mail are made together or not at all.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register", tag = "Signing in",
    request_body(content = RegisterBody, examples(
        ("candidate" = (summary = "A candidate", value = json!({
            "email": "jane@example.com", "password": "correct horse battery staple", "firstName": "Jane",
            "lastName": "Doe",
        }))),
        ("employer" = (summary = "An employer, in a browser", value = json!({
            "email": "john@example.com", "password": "correct horse battery staple", "firstName": "John",
            "lastName": "Smith", "role": "EMPLOYER", "company": "Tech Corp", "phoneNumber": "+49 30 1234",
            "locale": "de", "useCookies": true, "rememberMe": false,
        }))),
    )),
    responses(
        (status = 201, description = "Signed up, and signed in unless the address must be proven first.", body = SignedInBody),
        (status = 202, description = "Taken in; the owner of the address learns by mail what became of it.", body = Done),
    ),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    request: HttpRequest,
    ValidJson(body): ValidJson<RegisterBody>,
) -> Result<HttpResponse, Problem> {
    let delivery = Delivery::chosen(&request, body.use_cookies)?;
    let command = RegisterCommand {
        email: body.email,
        password: Secret::new(body.password),
        first_name: body.first_name,
        last_name: body.last_name,
        username: body.username,
        locale: body.locale.or_else(|| client.locale.map(|locale| locale.as_str().to_owned())),
        role: body.role,
        profile: ProfileSeed { company: body.company, phone_number: body.phone_number },
        invitation: body.invitation.map(Secret::new),
        remembered: body.remember_me,
        device: client.device,
        presented: client.presented,
    };
    Ok(match edge.app.auth.register.execute(command).await? {
        Registered::SignedIn(signed_in) => {
            let SignedIn { user, profile, tokens, device_token } = *signed_in;
            let user = UserBody::new(&user, &profile);
            let response = recognisable(&request, HttpResponse::Created(), device_token.as_ref());
            delivery.answer(&edge, response, tokens, |tokens| SignedInBody { success: Success, tokens, user })
        }
        Registered::Unverified { user, profile } => {
            let user = UserBody::new(&user, &profile);
            HttpResponse::Created().json(SignedInBody { success: Success, tokens: None, user })
        }
        Registered::Accepted => HttpResponse::Accepted().json(Done::new("Check your mail to go on.")),
    })
}

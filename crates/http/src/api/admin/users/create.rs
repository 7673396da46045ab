//! `POST /auth/admin/users`

use actix_web::{HttpResponse, web::Data};
use doorward_application::admin::{CreateUserCommand, CreateUserError};
use doorward_domain::profile::ProfileSeed;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::UserWithProfileBody;
use crate::{
    edge::Edge,
    extract::{SignedIn, ValidJson},
    problem::{Code, Problem},
};

/// Whose account it is to be.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateUserBody {
    #[serde(default)]
    #[schema(required, format = Email, example = "john@example.com")]
    email: String,
    #[serde(default)]
    #[schema(required, example = "John")]
    first_name: String,
    #[serde(default)]
    #[schema(required, example = "Smith")]
    last_name: String,
    /// A second name to sign in with.
    #[schema(example = "john")]
    username: Option<String>,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[serde(default)]
    #[schema(required, example = "EMPLOYER")]
    role: String,
    /// The company, which an employer must have.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    #[schema(example = "+49 30 1234")]
    phone_number: Option<String>,
    /// The language to write to the user in.
    #[schema(example = "de")]
    locale: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[Code::UserAlreadyExists, Code::UsernameTaken];

impl From<CreateUserError> for Problem {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Forbidden(_) => Code::Forbidden.into(),
            CreateUserError::SessionEnded => Code::SessionEnded.into(),
            CreateUserError::Invalid(errors) => errors.into(),
            CreateUserError::UserAlreadyExists => Code::UserAlreadyExists.into(),
            CreateUserError::UsernameTaken => Code::UsernameTaken.into(),
            CreateUserError::Fault(fault) => fault.into(),
        }
    }
}

/// Makes an account for someone.
///
/// It has no password: its owner chooses one by the link of a mail, which proves the address too. The rules about who
/// may sign up do not hold here.
#[utoipa::path(
    post, path = "/auth/admin/users", operation_id = "createUser", tag = "Administration",
    request_body = CreateUserBody,
    responses((status = 201, description = "The account; the mail is on its way.", body = UserWithProfileBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<CreateUserBody>,
) -> Result<HttpResponse, Problem> {
    let command = CreateUserCommand {
        email: body.email,
        first_name: body.first_name,
        last_name: body.last_name,
        username: body.username,
        role: body.role,
        profile: ProfileSeed { company: body.company, phone_number: body.phone_number },
        locale: body.locale,
    };
    let (user, profile) = edge.app.admin.create_user.execute(&actor, command).await?;
    Ok(HttpResponse::Created().json(UserWithProfileBody::new(&user, &profile)))
}

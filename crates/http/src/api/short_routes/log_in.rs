//! `POST /login`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use doorward_application::auth::LogInCommand;
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::ShortTokensBody;
use crate::{
    api::{
        auth::log_in::{self, one_name},
        tokens::{Tokens, recognisable},
    },
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

/// A sign-in: by username (seed 002) or by address (seed 003).
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = Self::has_one_name))]
pub(crate) struct ShortLogInBody {
    /// The username, or an address; this or `email`.
    #[schema(example = "jane")]
    username: Option<String>,
    /// The address; this or `username`. The token of the answer then begins with `Bearer `.
    #[schema(format = Email, example = "jane@example.com")]
    email: Option<String>,
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
}

impl ShortLogInBody {
    fn has_one_name(&self) -> Result<(), ValidationError> {
        one_name(self.email.as_deref(), self.username.as_deref())
    }
}

pub(crate) const ERRORS: &[Code] = log_in::ERRORS;

/// Signs in, in short.
#[utoipa::path(
    post, path = "/login", operation_id = "shortLogIn", tag = "Short routes",
    request_body(content = ShortLogInBody, examples(
        ("email" = (summary = "By address", value = json!({
            "email": "jane@example.com", "password": "correct horse battery staple",
        }))),
        ("username" = (summary = "By username", value = json!({
            "username": "jane", "password": "correct horse battery staple",
        }))),
    )),
    responses((status = 200, description = "Signed in.", body = ShortTokensBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    request: HttpRequest,
    ValidJson(body): ValidJson<ShortLogInBody>,
) -> Result<HttpResponse, Problem> {
    let by_email = body.email.is_some();
    let command = LogInCommand {
        identifier: body.email.or(body.username).unwrap_or_default(),
        password: Secret::new(body.password),
        restore: false,
        remembered: true,
        device: client.device,
        presented: client.presented,
    };
    let signed_in = edge.app.auth.log_in.execute(command).await?;
    let mut response = recognisable(&request, HttpResponse::Ok(), signed_in.device_token.as_ref());
    let mut answer = ShortTokensBody::from(Tokens::from(signed_in.tokens));
    if by_email {
        answer.token.insert_str(0, "Bearer ");
    }
    Ok(response.json(answer))
}

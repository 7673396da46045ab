//! `PATCH /auth/me`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::{UpdateAccountCommand, UpdateAccountError};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::MeBody;
use crate::{
    api::profile::{AdminChange, CandidateChange, EmployerChange, read_change},
    edge::Edge,
    extract::{Patch, SignedIn, ValidJson, given},
    problem::{Code, Problem},
};

/// What to change; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateMeBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Jane")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Doe")]
    last_name: Option<String>,
    /// `null` gives it up.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "jane")]
    username: Patch<String>,
    /// The language to write to the user in.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "pt-BR")]
    locale: Option<String>,
    /// Fields of the profile of the user's own role.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ProfileChangeBody>, nullable = false)]
    profile: Option<Value>,
}

/// What to change in a profile, by role.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = ProfileChange)]
#[expect(dead_code, reason = "for the documentation: which of them a request holds depends on who sends it")]
pub(crate) enum ProfileChangeBody {
    Candidate(CandidateChange),
    Employer(EmployerChange),
    Admin(AdminChange),
}

pub(crate) const ERRORS: &[Code] = &[Code::UsernameTaken];

impl From<UpdateAccountError> for Problem {
    fn from(error: UpdateAccountError) -> Self {
        match error {
            UpdateAccountError::Invalid(errors) => errors.into(),
            UpdateAccountError::UsernameTaken => Code::UsernameTaken.into(),
            UpdateAccountError::RoleChanged => Code::StaleClaims.into(),
            UpdateAccountError::SessionEnded => Code::SessionEnded.into(),
            UpdateAccountError::Fault(fault) => fault.into(),
        }
    }
}

/// Changes the signed-in user's names and profile.
///
/// All of the changes are made or none. An empty text is `null`.
#[utoipa::path(
    patch, path = "/auth/me", operation_id = "updateMe", tag = "The signed-in user",
    request_body(content = UpdateMeBody, examples(
        ("candidate" = (summary = "A candidate", value = json!({
            "firstName": "Jane", "lastName": "Doe", "username": "jane", "locale": "pt-BR",
            "profile": {"title": "Engineer", "location": null, "skills": ["Rust", "SQL"]},
        }))),
        ("employer" = (summary = "An employer", value = json!({
            "profile": {"companyName": "Tech Corp", "companyEmail": "office@example.com", "industry": "Software"},
        }))),
        ("admin" = (summary = "An administrator", value = json!({"profile": {"phoneNumber": "+49 30 1234"}}))),
    )),
    responses((status = 200, description = "What there is now.", body = MeBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<UpdateMeBody>,
) -> Result<HttpResponse, Problem> {
    let command = UpdateAccountCommand {
        first_name: body.first_name,
        last_name: body.last_name,
        username: body.username.map(|name| name.filter(|name| !name.trim().is_empty())),
        locale: body.locale,
        profile: body.profile.map(|change| read_change(actor.user.role, change)).transpose()?,
    };
    let (user, profile) = edge.app.account.update.execute(&actor, command).await?;
    Ok(HttpResponse::Ok().json(MeBody::new(&user, &profile)))
}

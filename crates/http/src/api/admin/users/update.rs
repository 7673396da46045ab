//! `PATCH /auth/admin/users/{id}`

use actix_web::{HttpResponse, web::Data};
use doorward_application::{
    Actor,
    admin::{NewRole, UpdateUserCommand, UpdateUserError},
};
use doorward_domain::{
    Role, UserId,
    profile::{ProfileChange, ProfileSeed},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::UserWithProfileBody;
use crate::{
    api::{me::update::ProfileChangeBody, profile::read_change},
    edge::Edge,
    extract::{Patch, PathId, SignedIn, ValidJson, given},
    problem::{Code, FieldProblem, Problem},
};

/// What to change; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = Self::begins_a_profile_with_its_role))]
pub(crate) struct UpdateUserBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Jane")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Doe")]
    last_name: Option<String>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "jane")]
    username: Patch<String>,
    /// The language to write to the user in.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "de")]
    locale: Option<String>,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`. The profile of another role is put away, and comes back with its role.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "EMPLOYER")]
    role: Option<String>,
    /// The company with which the profile of a new role begins; only beside `role`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Tech Corp")]
    company: Option<String>,
    /// The number with which the profile of a new role begins; only beside `role`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "+49 30 1234")]
    phone_number: Option<String>,
    /// Fields of the profile of the role that the user has then.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ProfileChangeBody>, nullable = false)]
    profile: Option<Value>,
}

impl UpdateUserBody {
    /// What a profile begins with would be lost where none begins.
    fn begins_a_profile_with_its_role(&self) -> Result<(), ValidationError> {
        if self.role.is_some() || (self.company.is_none() && self.phone_number.is_none()) {
            return Ok(());
        }
        let message =
            "This is required beside a company or a phone number. What the profile has is changed in profile.";
        let mut error = ValidationError::new("required").with_message(message.into());
        error.add_param("field".into(), &"role");
        Err(error)
    }
}

pub(crate) const ERRORS: &[Code] = &[Code::NotFound, Code::UsernameTaken, Code::LastAdmin];

impl From<UpdateUserError> for Problem {
    fn from(error: UpdateUserError) -> Self {
        match error {
            UpdateUserError::Forbidden(_) => Code::Forbidden.into(),
            UpdateUserError::SessionEnded => Code::SessionEnded.into(),
            UpdateUserError::NotFound => Code::NotFound.into(),
            UpdateUserError::Invalid(errors) => errors.into(),
            UpdateUserError::UsernameTaken => Code::UsernameTaken.into(),
            UpdateUserError::AnotherRole => Self::new(Code::ValidationFailed).with_fields([FieldProblem {
                field: "profile".to_owned(),
                code: "unknown_field".to_owned(),
                message: "The user's role has another profile.".to_owned(),
                rejection: None,
            }]),
            UpdateUserError::LastAdmin => Code::LastAdmin.into(),
            UpdateUserError::Fault(fault) => fault.into(),
        }
    }
}

/// Changes a user's names, language, role and profile.
///
/// All of the changes are made or none. With another role the tokens that name the old one are stale.
#[utoipa::path(
    patch, path = "/auth/admin/users/{id}", operation_id = "updateUser", tag = "Administration",
    params(("id" = Uuid, Path, description = "The user.")),
    request_body(content = UpdateUserBody, examples(
        ("names" = (summary = "Names", value = json!({"firstName": "Jane", "lastName": "Doe", "username": null}))),
        ("role" = (summary = "Another role", value = json!({"role": "EMPLOYER", "company": "Tech Corp"}))),
        ("profile" = (summary = "Another role, and more of its profile", value = json!({
            "role": "CANDIDATE", "phoneNumber": "+49 30 1234", "profile": {"title": "Engineer"},
        }))),
    )),
    responses((status = 200, description = "What there is now.", body = UserWithProfileBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
    ValidJson(body): ValidJson<UpdateUserBody>,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    let profile = match body.profile {
        Some(change) => profile_change(&edge, &actor, id, body.role.as_deref(), change).await?,
        None => None,
    };
    let seed = ProfileSeed { company: body.company, phone_number: body.phone_number };
    let command = UpdateUserCommand {
        first_name: body.first_name,
        last_name: body.last_name,
        username: body.username.map(|name| name.filter(|name| !name.trim().is_empty())),
        locale: body.locale,
        role: body.role.map(|name| NewRole { name, profile: seed }),
        profile,
    };
    let (user, profile) = edge.app.admin.update_user.execute(&actor, id, command).await?;
    Ok(HttpResponse::Ok().json(UserWithProfileBody::new(&user, &profile)))
}

/// Reads the change of a profile, as one of the role that the user is to have, or has.
async fn profile_change(
    edge: &Edge,
    actor: &Actor,
    id: UserId,
    new_role: Option<&str>,
    change: Value,
) -> Result<Option<ProfileChange>, Problem> {
    let role = match new_role {
        // A role that is none has no profile; the use case refuses it.
        Some(name) => Role::parse(name).ok(),
        None => Some(edge.app.admin.find_user.execute(actor, id).await?.0.role),
    };
    role.map(|role| read_change(role, change)).transpose()
}

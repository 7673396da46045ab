//! `POST /auth/admin/invitations`

use actix_web::{HttpResponse, web::Data};
use doorward_application::admin::{InviteCommand, InviteError};
use doorward_domain::invitation::InvitationState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::{Success, invitation::InvitationBody},
    edge::Edge,
    extract::{SignedIn, ValidJson},
    problem::{Code, Problem},
};

/// Who is invited.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InviteBody {
    #[serde(default)]
    #[schema(required, format = Email, example = "john@example.com")]
    email: String,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[serde(default)]
    #[schema(required, example = "EMPLOYER")]
    role: String,
    /// The company of an employer; whoever is invited names it if this does not.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    /// The language of the mail.
    #[schema(example = "de")]
    locale: Option<String>,
}

/// An invitation that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    invitation: InvitationBody,
}

pub(crate) const ERRORS: &[Code] = &[Code::UserAlreadyExists];

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Forbidden(_) => Code::Forbidden.into(),
            InviteError::SessionEnded => Code::SessionEnded.into(),
            InviteError::Invalid(errors) => errors.into(),
            InviteError::UserAlreadyExists => Code::UserAlreadyExists.into(),
            InviteError::Fault(fault) => fault.into(),
        }
    }
}

/// Invites someone to sign up.
///
/// The link goes to the address and is shown nowhere else. An earlier invitation of the address is taken back: only the
/// newest works.
#[utoipa::path(
    post, path = "/auth/admin/invitations", operation_id = "invite", tag = "Administration",
    request_body = InviteBody,
    responses((status = 201, description = "The invitation; the mail is on its way.", body = InvitedBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<InviteBody>,
) -> Result<HttpResponse, Problem> {
    let command = InviteCommand { email: body.email, role: body.role, company: body.company, locale: body.locale };
    let invitation = edge.app.admin.invite.execute(&actor, command).await?;
    let invitation = InvitationBody::new(&invitation, InvitationState::Open);
    Ok(HttpResponse::Created().json(InvitedBody { success: Success, invitation }))
}

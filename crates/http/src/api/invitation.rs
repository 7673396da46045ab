//! Invitations as the wire shows them.

use chrono::{DateTime, Utc};
use doorward_domain::{
    invitation::{Invitation, InvitationState},
    text::Line,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An invitation. Its token went out by mail and is nowhere else.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
pub(crate) struct InvitationBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d")]
    id: Uuid,
    /// Who is invited.
    #[schema(format = Email, example = "jane@example.com")]
    email: String,
    /// For which role.
    #[schema(example = "EMPLOYER")]
    role: &'static str,
    /// For which company.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    /// `open`, `accepted`, `withdrawn` or `expired`.
    #[schema(example = "open")]
    state: &'static str,
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    created_at: DateTime<Utc>,
    /// Until when it can be accepted.
    #[schema(example = "2026-01-08T12:00:00.123456Z")]
    expires_at: DateTime<Utc>,
}

impl InvitationBody {
    pub(crate) fn new(invitation: &Invitation, state: InvitationState) -> Self {
        Self {
            id: invitation.id.uuid(),
            email: invitation.email.typed().to_owned(),
            role: invitation.role.as_str(),
            company: invitation.company.as_ref().map(Line::as_str).map(ToOwned::to_owned),
            state: state.as_str(),
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

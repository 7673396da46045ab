//! `GET /auth/me/export`

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, HeaderValue},
    web::Data,
};
use chrono::{DateTime, Utc};
use doorward_application::account::AccountExport;
use doorward_domain::{SessionId, Timestamp, profile::Profile, session::Session};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Success, audit_event::AuditEventBody, invitation::InvitationBody, profile::ProfileBody, session::SessionBody,
        user::AccountBody,
    },
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

const ATTACHMENT: HeaderValue = HeaderValue::from_static("attachment; filename=\"doorward-export.json\"");

/// All that is stored of a user, but for secrets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Export)]
pub(crate) struct ExportBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    user: ExportedUser,
    /// The profile, and those of earlier roles.
    profiles: Vec<ExportedProfile>,
    /// Every session that is remembered, the ended ones too.
    sessions: Vec<ExportedSession>,
    /// Invitations of the address.
    invitations: Vec<InvitationBody>,
    /// What the audit log has about or by the user, the latest first.
    audit_events: Vec<AuditEventBody>,
}

/// A user, with what is stored of them besides.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedUser {
    #[serde(flatten)]
    account: AccountBody,
    /// When the address was proven.
    #[schema(example = "2026-01-01T12:05:00.123456Z")]
    email_verified_at: Option<DateTime<Utc>>,
    /// By when the address must be proven, or the account goes.
    #[schema(example = json!(null))]
    proof_due_at: Option<DateTime<Utc>>,
}

/// A profile, and whether it is one of an earlier role.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedProfile {
    #[serde(flatten)]
    profile: ProfileBody,
    /// Since when it is one of an earlier role.
    #[schema(example = json!(null))]
    archived_at: Option<DateTime<Utc>>,
}

/// A session, and how it ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedSession {
    #[serde(flatten)]
    session: SessionBody,
    /// When it was ended before its time.
    #[schema(example = "2026-01-02T10:00:00.123456Z")]
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    #[schema(example = "logged_out")]
    end_reason: Option<&'static str>,
}

impl ExportBody {
    fn new(export: AccountExport, asks: SessionId) -> Result<Self, Problem> {
        let AccountExport { at, user, profiles, sessions, invitations, audit_events } = export;
        let own = profiles.iter().find(|(_, archived_at)| archived_at.is_none()).map(|(profile, _)| profile);
        let own = own.ok_or_else(|| Problem::new(Code::InternalError).caused_by("a user has no profile"))?;
        let profile = |(profile, archived_at): &(Profile, Option<Timestamp>)| ExportedProfile {
            profile: ProfileBody::new(&user, profile),
            archived_at: *archived_at,
        };
        let session = |session: &Session| ExportedSession {
            session: SessionBody::new(session, session.id == asks, session.is_live(at)),
            ended_at: session.ended.map(|end| end.at),
            end_reason: session.ended.map(|end| end.reason.as_str()),
        };
        Ok(Self {
            success: Success,
            user: ExportedUser {
                account: AccountBody::new(&user, own),
                email_verified_at: user.email_verified_at,
                proof_due_at: user.proof_due_at,
            },
            profiles: profiles.iter().map(profile).collect(),
            sessions: sessions.iter().map(session).collect(),
            invitations: invitations.iter().map(|one| InvitationBody::new(one, one.state(at))).collect(),
            audit_events: audit_events.into_iter().map(AuditEventBody::new).collect(),
        })
    }
}

pub(crate) const ERRORS: &[Code] = &[];

/// Hands over all that is stored of the signed-in user.
///
/// As a file. Nothing in it is a password, a token or a digest of one.
#[utoipa::path(
    get, path = "/auth/me/export", operation_id = "exportMe", tag = "The signed-in user",
    responses((status = 200, description = "Everything.", body = ExportBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    let export = edge.app.account.export.execute(&actor).await?;
    let body = ExportBody::new(export, actor.session.id)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, ATTACHMENT)).json(body))
}

//! Users as the wire shows them.

use chrono::{DateTime, Utc};
use doorward_domain::{
    profile::Profile,
    text::Line,
    user::{User, Username},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A user, as sign-up and sign-in show them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    id: Uuid,
    /// The address as it was typed.
    #[schema(format = Email, example = "jane@example.com")]
    email: String,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[schema(example = "CANDIDATE")]
    role: &'static str,
    #[schema(example = "Jane")]
    first_name: String,
    #[schema(example = "Doe")]
    last_name: String,
    /// The company of an employer.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    /// Whether the address was proven.
    #[schema(example = false)]
    email_verified: bool,
}

/// A user, as they see themselves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub(crate) struct AccountBody {
    #[serde(flatten)]
    user: UserBody,
    /// The second name to sign in with.
    #[schema(example = "jane")]
    username: Option<String>,
    /// The language to write to the user in.
    #[schema(example = "en")]
    locale: String,
    #[schema(example = true)]
    is_active: bool,
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    created_at: DateTime<Utc>,
    /// When the user last signed in with a password.
    #[schema(example = "2026-01-02T08:30:00.123456Z")]
    last_login_at: Option<DateTime<Utc>>,
}

impl UserBody {
    pub(crate) fn new(user: &User, profile: &Profile) -> Self {
        Self {
            id: user.id.uuid(),
            email: user.email.typed().to_owned(),
            role: user.role.as_str(),
            first_name: user.name.first().as_str().to_owned(),
            last_name: user.name.last().as_str().to_owned(),
            company: profile.company().map(Line::as_str).map(ToOwned::to_owned),
            email_verified: user.email_verified_at.is_some(),
        }
    }
}

impl AccountBody {
    pub(crate) fn new(user: &User, profile: &Profile) -> Self {
        Self {
            user: UserBody::new(user, profile),
            username: user.username.as_ref().map(Username::typed).map(ToOwned::to_owned),
            locale: user.locale.as_str().to_owned(),
            is_active: user.status.is_active(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

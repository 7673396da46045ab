//! Users, as administrators see and change them.

pub(crate) mod activate;
pub(crate) mod create;
pub(crate) mod deactivate;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod reset_password;
pub(crate) mod sessions;
pub(crate) mod update;
pub(crate) mod view;

use actix_web::HttpResponseBuilder;
use chrono::{DateTime, Utc};
use doorward_application::Actor;
use doorward_domain::{
    UserId,
    profile::Profile,
    text::Line,
    user::{User, Username},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{Success, profile::ProfileBody},
    edge::Edge,
};

/// A user, as administrators see them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedUser)]
pub(crate) struct ManagedUserBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    id: Uuid,
    /// The address as it was typed.
    #[schema(format = Email, example = "jane@example.com")]
    email: String,
    /// Whether the address was proven.
    #[schema(example = true)]
    email_verified: bool,
    /// The second name to sign in with.
    #[schema(example = "jane")]
    username: Option<String>,
    #[schema(example = "Jane")]
    first_name: String,
    #[schema(example = "Doe")]
    last_name: String,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[schema(example = "EMPLOYER")]
    role: &'static str,
    /// Whether the user may sign in, as far as an administrator decides it.
    #[schema(example = true)]
    is_active: bool,
    /// The language to write to the user in.
    #[schema(example = "en")]
    locale: String,
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    created_at: DateTime<Utc>,
    /// When the user last signed in with a password.
    #[schema(example = "2026-01-02T08:30:00.123456Z")]
    last_login_at: Option<DateTime<Utc>>,
    /// When the account goes, if its owner asked for that. Until then nobody signs in.
    #[schema(example = "2026-02-01T12:00:00.123456Z")]
    deletes_at: Option<DateTime<Utc>>,
}

/// A user, as administrators see them, and the company.
#[derive(Serialize, ToSchema)]
#[schema(as = ManagedAccount)]
struct ManagedAccountBody {
    #[serde(flatten)]
    user: ManagedUserBody,
    /// The company of an employer.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
}

/// A user, and the profile of their role.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserWithProfileBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    user: ManagedAccountBody,
    profile: ProfileBody,
}

/// A user whose status was set.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserStatusBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    user: ManagedUserBody,
}

impl ManagedUserBody {
    fn new(user: &User) -> Self {
        Self {
            id: user.id.uuid(),
            email: user.email.typed().to_owned(),
            email_verified: user.email_verified_at.is_some(),
            username: user.username.as_ref().map(Username::typed).map(ToOwned::to_owned),
            first_name: user.name.first().as_str().to_owned(),
            last_name: user.name.last().as_str().to_owned(),
            role: user.role.as_str(),
            is_active: user.status.is_active(),
            locale: user.locale.as_str().to_owned(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            deletes_at: user.deletes_at,
        }
    }
}

impl UserWithProfileBody {
    fn new(user: &User, profile: &Profile) -> Self {
        let company = profile.company().map(Line::as_str).map(ToOwned::to_owned);
        Self {
            success: Success,
            user: ManagedAccountBody { user: ManagedUserBody::new(user), company },
            profile: ProfileBody::new(user, profile),
        }
    }
}

impl UserStatusBody {
    fn new(user: &User) -> Self {
        Self { success: Success, user: ManagedUserBody::new(user) }
    }
}

/// Clears the cookies of an administrator whose own sessions have ended with what was done to this user.
fn forget_own(edge: &Edge, actor: &Actor, id: UserId, response: &mut HttpResponseBuilder) {
    if actor.user.id == id {
        edge.cookies().forget(response);
    }
}

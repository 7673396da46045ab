//! The signed-in user's own account.

pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod update;
pub(crate) mod view;

use doorward_domain::{profile::Profile, user::User};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Success, profile::ProfileBody, user::AccountBody};

/// A user, as they see themselves, and their profile.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    user: AccountBody,
    profile: ProfileBody,
}

impl MeBody {
    fn new(user: &User, profile: &Profile) -> Self {
        Self { success: Success, user: AccountBody::new(user, profile), profile: ProfileBody::new(user, profile) }
    }
}

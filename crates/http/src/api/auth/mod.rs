//! Signing up, in and out.

pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod log_out_all;
pub(crate) mod refresh;
pub(crate) mod register;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Success, tokens::Tokens, user::UserBody};

/// A user who has signed up or in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedInBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// Absent if they went into cookies, or if the address must be proven first.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
    user: UserBody,
}

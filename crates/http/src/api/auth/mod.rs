//! Signing up, in and out; what the links of mails bring back; password and address.

pub(crate) mod change_email;
pub(crate) mod change_password;
pub(crate) mod confirm_email;
pub(crate) mod forgot_password;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod log_out_all;
pub(crate) mod not_me;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod resend_verification;
pub(crate) mod reset_password;
pub(crate) mod undo_email_change;
pub(crate) mod verify_email;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

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

/// What the link of a mail carries.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// The link's `token`.
    #[serde(default)]
    #[schema(required, example = "mK3Zr0kQ9xJ4b7uXw2yT5vNcA1sD8fGhLpO6iEeRtUw")]
    token: String,
}

/// To whom to write.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressBody {
    #[serde(default)]
    #[schema(required, format = Email, example = "jane@example.com")]
    email: String,
}

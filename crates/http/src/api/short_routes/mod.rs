//! The dialects of seeds 002 and 003: the same use cases under shorter names.

pub(crate) mod dashboard;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod refresh;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Success, tokens::Tokens};

/// The tokens of a session, in short.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShortTokensBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// The access token; after a sign-in by address it begins with `Bearer `.
    token: String,
    refresh_token: String,
}

impl From<Tokens> for ShortTokensBody {
    fn from(tokens: Tokens) -> Self {
        Self { success: Success, token: tokens.access_token, refresh_token: tokens.refresh_token }
    }
}

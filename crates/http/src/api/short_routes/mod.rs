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
    #[schema(example = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl")]
    token: String,
    #[schema(example = "dwr_AZifPnosfhGwoR0_WnycDgAAAAHq3mV1c0dY5b7XkQ2pL9sT4uFhJgNwRzKxPiBvOeMyQ")]
    refresh_token: String,
}

impl From<Tokens> for ShortTokensBody {
    fn from(tokens: Tokens) -> Self {
        Self { success: Success, token: tokens.access_token, refresh_token: tokens.refresh_token }
    }
}

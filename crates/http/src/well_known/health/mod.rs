//! Whether the server runs, and whether it can work.

pub(crate) mod live;
pub(crate) mod ready;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Success;

/// All is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// `live` or `ready`.
    #[schema(example = "live")]
    status: &'static str,
}

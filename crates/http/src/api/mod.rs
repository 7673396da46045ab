//! The endpoints: one file each, with its request, its refusals, its documentation and its handler.
//!
//! To add one: a file here, a line in `routes.rs`. docs/development/add-a-route.md is the checklist.

pub(crate) mod admin;
mod audit_event;
pub(crate) mod auth;
mod invitation;
pub(crate) mod me;
mod profile;
pub(crate) mod revocations;
mod session;
pub(crate) mod sessions;
pub(crate) mod short_routes;
mod tokens;
mod user;

pub(crate) use profile::read_change;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// The `"success": true` of every good answer.
pub(crate) struct Success;

impl Serialize for Success {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

/// An answer that says only that it was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// A sentence that a person may be shown.
    #[schema(example = "Done")]
    message: &'static str,
}

impl Done {
    /// Done; `message` says what.
    pub(crate) const fn new(message: &'static str) -> Self {
        Self { success: Success, message }
    }
}

/// What an absent boolean means where it means yes.
const fn yes() -> bool {
    true
}

//! The keys that access tokens are signed with.

pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;

use chrono::{DateTime, Utc};
use doorward_application::{
    Actor,
    admin::{ListedKey, RotateKeysError},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::Success,
    edge::Edge,
    problem::{Code, Problem},
};

/// The signing keys, the one that signs last first.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeysBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    keys: Vec<KeyBody>,
}

/// A signing key. What it is made of is nowhere to be seen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SigningKey)]
struct KeyBody {
    /// The name by which a token's header calls it.
    #[schema(example = "K5V7c0dY3mQ")]
    kid: String,
    #[schema(example = "ES256")]
    algorithm: String,
    /// `published` (it does not sign yet), `signing`, `verifying` (what it signed is good), `retired` or `revoked`.
    #[schema(example = "signing")]
    state: &'static str,
    /// Since when it is in the JWKS.
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    published_at: DateTime<Utc>,
    #[schema(example = "2026-01-01T12:05:30.123456Z")]
    signs_from: DateTime<Utc>,
    /// When another signs, or did, if that is known.
    #[schema(example = "2026-04-01T12:05:30.123456Z")]
    signs_until: Option<DateTime<Utc>>,
    /// When nothing that it signed is left and it is retired, or was, if that is known.
    #[schema(example = "2026-04-01T12:16:30.123456Z")]
    retires_at: Option<DateTime<Utc>>,
    #[schema(example = "2026-01-02T12:00:00.123456Z")]
    revoked_at: Option<DateTime<Utc>>,
}

impl From<ListedKey> for KeyBody {
    fn from(ListedKey { key, state, signs_until, retires_at }: ListedKey) -> Self {
        let moments = key.moments();
        Self {
            kid: key.id().to_owned(),
            algorithm: key.algorithm().to_owned(),
            state: state.as_str(),
            published_at: moments.published_at,
            signs_from: moments.signs_from,
            signs_until,
            retires_at,
            revoked_at: moments.revoked_at,
        }
    }
}

impl KeysBody {
    /// The keys as they are now.
    async fn of_now(edge: &Edge, actor: &Actor) -> Result<Self, Problem> {
        let keys = edge.app.admin.list_keys.execute(actor).await?;
        Ok(Self { success: Success, keys: keys.into_iter().map(KeyBody::from).collect() })
    }
}

impl From<RotateKeysError> for Problem {
    fn from(error: RotateKeysError) -> Self {
        match error {
            RotateKeysError::Forbidden(_) => Code::Forbidden.into(),
            RotateKeysError::SessionEnded => Code::SessionEnded.into(),
            RotateKeysError::Pending => Code::KeyRotationPending.into(),
            RotateKeysError::Fault(fault) => fault.into(),
        }
    }
}

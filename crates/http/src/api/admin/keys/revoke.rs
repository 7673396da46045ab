//! `POST /auth/admin/keys/{kid}/revoke`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::KeysBody;
use crate::{
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Revokes a signing key, because somebody else may have it.
///
/// Everything that it signed is dead at once, the caller's own access token perhaps too: whoever has a session gets
/// another by a refresh. If it was the key that signs, another takes its place at once; one that does not sign yet is only
/// withdrawn. A key that is gone already is not found.
#[utoipa::path(
    post, path = "/auth/admin/keys/{kid}/revoke", operation_id = "revokeKey", tag = "Administration",
    params(("kid" = String, Path, description = "The key.", example = "K5V7c0dY3mQ")),
    responses((status = 200, description = "Revoked; all keys as they are now.", body = KeysBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    kid: Path<String>,
) -> Result<HttpResponse, Problem> {
    edge.app.admin.revoke_key.execute(&actor, &kid).await?;
    Ok(HttpResponse::Ok().json(KeysBody::of_now(&edge, &actor).await?))
}

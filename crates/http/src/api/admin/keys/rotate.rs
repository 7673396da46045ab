//! `POST /auth/admin/keys/rotate`

use actix_web::{HttpResponse, web::Data};

use super::KeysBody;
use crate::{
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::KeyRotationPending];

/// Publishes the next signing key.
///
/// It signs when every verifier has had time to fetch it. Until then there is no other.
#[utoipa::path(
    post, path = "/auth/admin/keys/rotate", operation_id = "rotateKeys", tag = "Administration",
    responses((status = 200, description = "Published; all keys as they are now.", body = KeysBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    edge.app.admin.rotate_keys.execute(&actor).await?;
    Ok(HttpResponse::Ok().json(KeysBody::of_now(&edge, &actor).await?))
}

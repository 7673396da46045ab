//! `GET /auth/admin/keys`

use actix_web::{HttpResponse, web::Data};

use super::KeysBody;
use crate::{
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[];

/// Lists the keys that access tokens are and were signed with.
#[utoipa::path(
    get, path = "/auth/admin/keys", operation_id = "listKeys", tag = "Administration",
    responses((status = 200, description = "All of them.", body = KeysBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(KeysBody::of_now(&edge, &actor).await?))
}

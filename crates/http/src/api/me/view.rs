//! `GET /auth/me`

use actix_web::HttpResponse;

use super::MeBody;
use crate::{extract::SignedIn, problem::Code};

pub(crate) const ERRORS: &[Code] = &[];

/// Shows the signed-in user.
#[utoipa::path(
    get, path = "/auth/me", operation_id = "viewMe", tag = "The signed-in user",
    responses((status = 200, description = "The user and the profile of their role.", body = MeBody)),
)]
pub(crate) async fn handle(SignedIn(actor): SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(MeBody::new(&actor.user, &actor.profile))
}

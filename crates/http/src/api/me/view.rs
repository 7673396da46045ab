//! `GET /auth/me`

use actix_web::{HttpResponse, web::Data};

use super::MeBody;
use crate::{
    edge::Edge,
    extract::SignedIn,
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[];

/// Shows the signed-in user.
#[utoipa::path(
    get, path = "/auth/me", operation_id = "viewMe", tag = "The signed-in user",
    responses((status = 200, description = "The user and the profile of their role.", body = MeBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    let profile = edge.app.account.view.execute(&actor).await?;
    Ok(HttpResponse::Ok().json(MeBody::new(&actor.user, &profile)))
}

//! `POST /auth/not-me`

use actix_web::{HttpResponse, web::Data};

use super::{LinkBody, verify_email};
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = verify_email::ERRORS;

/// Ends every session of an account whose owner says: that was not me.
///
/// The password works no longer, and a mail lets choose another.
#[utoipa::path(
    post, path = "/auth/not-me", operation_id = "disownSessions", tag = "Links of mails",
    request_body = LinkBody,
    responses((status = 200, description = "Ended.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<LinkBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.disown.execute(&body.token, client.device).await?;
    Ok(HttpResponse::Ok().json(Done::new("All sessions are ended. Check your mail to go on.")))
}

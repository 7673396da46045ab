//! `POST /auth/verify-email`

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::LinkError;

use super::LinkBody;
use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

pub(crate) const ERRORS: &[Code] = &[Code::InvalidToken];

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::InvalidToken => Code::InvalidToken.into(),
            LinkError::Fault(fault) => fault.into(),
        }
    }
}

/// Proves the address of an account.
///
/// The token is used up.
#[utoipa::path(
    post, path = "/auth/verify-email", operation_id = "verifyEmail", tag = "Links of mails",
    request_body = LinkBody,
    responses((status = 200, description = "Proven.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<LinkBody>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.verify_email.execute(&body.token, client.device).await?;
    Ok(HttpResponse::Ok().json(Done::new("Your email address is confirmed.")))
}

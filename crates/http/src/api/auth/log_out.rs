//! `POST /auth/logout`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use doorward_application::auth::{LogOutError, Presented};
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::Done,
    edge::Edge,
    extract::{Client, OptionalJson, bearer},
    problem::{Code, Problem},
};

/// A refresh token, for a client without a good access token.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogOutBody {
    /// Of any generation.
    #[schema(example = "dwr_AZifPnosfhGwoR0_WnycDgAAAAHq3mV1c0dY5b7XkQ2pL9sT4uFhJgNwRzKxPiBvOeMyQ")]
    refresh_token: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[Code::AuthenticationRequired, Code::InvalidAccessToken];

impl From<LogOutError> for Problem {
    fn from(error: LogOutError) -> Self {
        match error {
            LogOutError::Unauthenticated => Code::InvalidAccessToken.into(),
            LogOutError::Fault(fault) => fault.into(),
        }
    }
}

/// Signs out.
///
/// Takes the access token, or the refresh token. The session's tokens are dead for the very next request; cookies are
/// cleared, also if they are none of ours, but not if the session may still be live. To sign out of a session that has
/// ended is no error.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logOut", tag = "Signing in",
    request_body = Option<LogOutBody>,
    responses((status = 200, description = "Signed out.", body = Done)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    request: HttpRequest,
    OptionalJson(body): OptionalJson<LogOutBody>,
) -> Result<HttpResponse, Problem> {
    let log_out = &edge.app.auth.log_out;
    let said = Presented {
        access_token: bearer::token(request.headers())?.map(|token| Secret::new(token.to_owned())),
        refresh_token: body.refresh_token.map(Secret::new),
        device_token: None,
    };
    let Client { device, presented: brought, .. } = client;
    let any = |tokens: &Presented| tokens.access_token.is_some() || tokens.refresh_token.is_some();
    // What the client says outright counts before what its browser attaches.
    if any(&said) {
        log_out.execute(said, device).await?;
    } else if any(&brought) {
        log_out.execute(brought, device).await.map_err(|error| match error {
            // The session may still be live: with its cookies the browser can try again.
            LogOutError::Fault(fault) => fault.into(),
            // The browser would bring them again and again.
            LogOutError::Unauthenticated => Problem::from(error).with_cookies(edge.cookies().removal()),
        })?;
    } else {
        return Err(Code::AuthenticationRequired.into());
    }
    Ok(edge.cookies().forget(&mut HttpResponse::Ok()).json(Done::new("Logged out")))
}

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
    refresh_token: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[Code::AuthenticationRequired, Code::InvalidAccessToken, Code::Unavailable];

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
/// cleared. To sign out of a session that has ended is no error.
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
    let forget = edge.cookies().removal();
    match log_out(&edge, client.presented, &request, body).await {
        Ok(()) => {
            let mut response = HttpResponse::Ok();
            for cookie in forget {
                response.cookie(cookie);
            }
            Ok(response.json(Done::new("Logged out")))
        }
        Err(problem) => Err(problem.with_cookies(forget)),
    }
}

/// What the client says outright counts before what its browser attaches.
async fn log_out(edge: &Edge, brought: Presented, request: &HttpRequest, body: LogOutBody) -> Result<(), Problem> {
    let access_token = bearer::token(request.headers())?;
    let refresh_token = body.refresh_token.map(Secret::new);
    let presented = if access_token.is_some() || refresh_token.is_some() {
        Presented { access_token, refresh_token }
    } else if brought.access_token.is_some() || brought.refresh_token.is_some() {
        brought
    } else {
        return Err(Code::AuthenticationRequired.into());
    };
    Ok(edge.app.auth.log_out.execute(presented).await?)
}

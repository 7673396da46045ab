//! `POST /auth/refresh`

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::RefreshError;
use doorward_domain::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::{
        Success,
        tokens::{Delivery, Tokens},
    },
    edge::Edge,
    extract::{Client, OptionalJson},
    problem::{Code, Problem},
};

/// A refresh token.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshBody {
    /// Absent if a cookie brings it.
    #[schema(example = "dwr_AZifPnosfhGwoR0_WnycDgAAAAHq3mV1c0dY5b7XkQ2pL9sT4uFhJgNwRzKxPiBvOeMyQ")]
    refresh_token: Option<String>,
}

/// The next tokens of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefreshedBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// Absent if they went into cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
}

pub(crate) const ERRORS: &[Code] = &[Code::InvalidRefreshToken, Code::RefreshTokenReused];

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Code::InvalidRefreshToken.into(),
            RefreshError::Reused(_) => Self::new(Code::RefreshTokenReused).caused_by(error),
            RefreshError::Fault(fault) => fault.into(),
        }
    }
}

/// Exchanges a refresh token for the next tokens.
///
/// A token that is presented again within the grace gets the same successor; later, its session ends. Tokens that
/// came in cookies go into cookies.
#[utoipa::path(
    post, path = "/auth/refresh", operation_id = "refresh", tag = "Signing in",
    request_body = Option<RefreshBody>,
    responses((status = 200, description = "The next tokens.", body = RefreshedBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    OptionalJson(body): OptionalJson<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let answer = |tokens| RefreshedBody { success: Success, tokens };
    if let Some(token) = body.refresh_token {
        let tokens = edge.app.auth.refresh.execute(&Secret::new(token), client.device).await?;
        return Ok(Delivery::Body.answer(&edge, HttpResponse::Ok(), tokens, answer));
    }
    let token = client.presented.refresh_token.ok_or(Code::InvalidRefreshToken)?;
    match edge.app.auth.refresh.execute(&token, client.device).await {
        // The guard has seen that who brings a cookie is a page of ours.
        Ok(tokens) => Ok(Delivery::Cookies.answer(&edge, HttpResponse::Ok(), tokens, answer)),
        Err(RefreshError::Fault(fault)) => Err(fault.into()),
        // The browser would bring them again and again.
        Err(refused) => Err(Problem::from(refused).with_cookies(edge.cookies().removal())),
    }
}

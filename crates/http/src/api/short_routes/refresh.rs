//! `POST /refresh`

use actix_web::{HttpResponse, web::Data};
use doorward_domain::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::ShortTokensBody;
use crate::{
    api::{auth::refresh, tokens::Tokens},
    edge::Edge,
    extract::{Client, ValidJson},
    problem::{Code, Problem},
};

/// A refresh token.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShortRefreshBody {
    #[serde(default)]
    #[schema(required, example = "dwr_AZifPnosfhGwoR0_WnycDgAAAAHq3mV1c0dY5b7XkQ2pL9sT4uFhJgNwRzKxPiBvOeMyQ")]
    refresh_token: String,
}

pub(crate) const ERRORS: &[Code] = refresh::ERRORS;

/// Exchanges a refresh token for the next tokens, in short.
#[utoipa::path(
    post, path = "/refresh", operation_id = "shortRefresh", tag = "Short routes",
    request_body = ShortRefreshBody,
    responses((status = 200, description = "The next tokens.", body = ShortTokensBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    client: Client,
    ValidJson(body): ValidJson<ShortRefreshBody>,
) -> Result<HttpResponse, Problem> {
    let tokens = edge.app.auth.refresh.execute(&Secret::new(body.refresh_token), client.device).await?;
    Ok(HttpResponse::Ok().json(ShortTokensBody::from(Tokens::from(tokens))))
}

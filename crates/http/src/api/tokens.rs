//! Tokens as the wire shows them, and the way they take to the client.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use doorward_application::auth::IssuedTokens;
use doorward_domain::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{edge::Edge, middleware::csrf, problem::Problem};

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    /// A signed JWT, to be sent as `Authorization: Bearer`.
    #[schema(example = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl")]
    pub(crate) access_token: String,
    /// An opaque token, to be exchanged for the next two.
    #[schema(example = "dwr_AZifPnosfhGwoR0_WnycDgAAAAHq3mV1c0dY5b7XkQ2pL9sT4uFhJgNwRzKxPiBvOeMyQ")]
    pub(crate) refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 600)]
    expires_in: u64,
    /// For how many seconds the refresh token is good.
    #[schema(example = 604_800)]
    refresh_expires_in: u64,
}

impl From<IssuedTokens> for Tokens {
    fn from(tokens: IssuedTokens) -> Self {
        Self {
            access_token: tokens.access.into_inner(),
            refresh_token: tokens.refresh.into_inner(),
            token_type: "Bearer",
            expires_in: tokens.access_expires_in.as_secs(),
            refresh_expires_in: tokens.refresh_expires_in.as_secs(),
        }
    }
}

/// Has a browser keep what makes it known at its next sign-in, whichever way the tokens go. Who cannot tell that it is a
/// page of ours is no browser, or one in which a foreign page signs somebody in.
pub(crate) fn recognisable(
    request: &HttpRequest,
    mut response: HttpResponseBuilder,
    device_token: Option<&Secret<String>>,
) -> HttpResponseBuilder {
    let edge = Edge::of(request);
    if let Some(device_token) = device_token.filter(|_| csrf::demand(edge, request.headers()).is_ok()) {
        response.cookie(edge.cookies().recognising(device_token));
    }
    response
}

/// Which way tokens go to the client. It is chosen before they are made.
pub(crate) enum Delivery {
    /// In the body, where scripts can read them.
    Body,
    /// In cookies, where scripts cannot.
    Cookies,
}

impl Delivery {
    /// The way that the client asked for. Only a page of ours may ask for cookies.
    pub(crate) fn chosen(request: &HttpRequest, use_cookies: bool) -> Result<Self, Problem> {
        if !use_cookies {
            return Ok(Self::Body);
        }
        csrf::demand(Edge::of(request), request.headers())?;
        Ok(Self::Cookies)
    }

    /// Answers with the tokens: `body` makes the body of those that go into it.
    pub(crate) fn answer<B: Serialize>(
        self,
        edge: &Edge,
        mut response: HttpResponseBuilder,
        tokens: IssuedTokens,
        body: impl FnOnce(Option<Tokens>) -> B,
    ) -> HttpResponse {
        match self {
            Self::Body => response.json(body(Some(tokens.into()))),
            Self::Cookies => {
                edge.cookies().hold(&tokens, &mut response);
                response.json(body(None))
            }
        }
    }
}

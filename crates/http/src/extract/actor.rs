//! The signed-in user.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use doorward_application::{Actor, App, auth::AuthenticateError};

use super::{bearer, client};
use crate::{
    edge::Edge,
    problem::{Code, Problem},
};

/// Who asks. The guard of the route has found it out before the handler begins; on a route that anyone may use,
/// it is nobody.
pub(crate) struct SignedIn(pub(crate) Actor);

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let actor = request.extensions_mut().remove::<Actor>();
        ready(actor.map(Self).ok_or(Problem::new(Code::AuthenticationRequired)))
    }
}

/// Finds out who asks: by the header if there is one, else by the cookie.
pub(crate) async fn authenticate(request: &HttpRequest) -> Result<Actor, Problem> {
    let edge = Edge::of(request);
    let token = match bearer::token(request.headers())? {
        Some(token) => token,
        None => edge.cookies().brought(request.headers()).access_token.ok_or(Code::AuthenticationRequired)?,
    };
    let app: &App = &edge.app;
    Ok(app.auth.authenticate.execute(token.expose(), client::device(request)).await?)
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::InvalidToken => Code::InvalidAccessToken.into(),
            AuthenticateError::Expired => Code::AccessTokenExpired.into(),
            AuthenticateError::SessionEnded => Code::SessionEnded.into(),
            AuthenticateError::StaleClaims => Code::StaleClaims.into(),
            AuthenticateError::Fault(fault) => fault.into(),
        }
    }
}

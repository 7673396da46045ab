//! The signed-in user.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use doorward_application::{Actor, App, auth::AuthenticateError};

use super::{bearer, client};
use crate::{
    edge::Edge,
    problem::{Code, Problem},
};

/// Who asks. The guard of the route has found it out before the handler begins; on a route that anyone may use,
/// it is nobody.
pub(crate) struct SignedIn(pub(crate) Rc<Actor>);

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(actor(request).map(Self).ok_or(Problem::new(Code::AuthenticationRequired)))
    }
}

/// Who asks, as the guard has found out.
pub(crate) fn actor(request: &HttpRequest) -> Option<Rc<Actor>> {
    request.extensions().get::<Rc<Actor>>().cloned()
}

/// Finds out who asks: by the header if there is one, else by the cookie.
pub(crate) async fn authenticate(request: &HttpRequest) -> Result<Actor, Problem> {
    let edge = Edge::of(request);
    if let Some(token) = bearer::token(request.headers())? {
        return authenticate_as(request, token).await;
    }
    let token = edge.cookies().brought(request.headers()).access_token.ok_or(Code::AuthenticationRequired)?;
    authenticate_as(request, token.expose()).await
}

/// The actor whose access token this is.
pub(crate) async fn authenticate_as(request: &HttpRequest, token: &str) -> Result<Actor, Problem> {
    let app: &App = &Edge::of(request).app;
    Ok(app.auth.authenticate.execute(token, client::device(request)).await?)
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

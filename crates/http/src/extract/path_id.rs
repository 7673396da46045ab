//! The id in a request's path.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// The `{id}` of a route. What is no id is nobody's: it is not found.
pub(crate) struct PathId(pub(crate) Uuid);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|id| id.parse().ok());
        ready(id.map(Self).ok_or(Code::NotFound.into()))
    }
}

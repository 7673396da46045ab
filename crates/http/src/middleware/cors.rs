//! What browsers let pages of other origins do here.

use actix_cors::Cors;
use actix_web::{
    dev::ServiceResponse,
    http::header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION,
        CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
    },
};

use super::{
    idempotency::{KEY, REPLAYED},
    observe::REQUEST_ID,
};
use crate::problem::{RATE_LIMIT, RATE_LIMIT_POLICY};

/// CORS for the listed origins, with credentials. Never for `*`: that and credentials would let any page act for
/// whoever looks at it.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let listed = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    listed
        .supports_credentials()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, REQUEST_ID, KEY])
        .expose_headers([REQUEST_ID, RETRY_AFTER, WWW_AUTHENTICATE, REPLAYED, RATE_LIMIT, RATE_LIMIT_POLICY])
        .max_age(3600)
}

/// actix-cors tells an origin that is not listed what it would be allowed if it were.
pub(crate) fn hide_from_strangers<B>(response: &mut ServiceResponse<B>) {
    let headers = response.headers_mut();
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
    }
}

//! How much a request may say, as far as its head tells.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::CONTENT_LENGTH,
    middleware::Next,
};

use crate::{
    extract::MAX_BODY,
    problem::{Code, Problem},
};

/// The most bytes of a request's target and headers. actix-web itself stops at 128 KiB or 96 headers, with a bare
/// 431 that never comes here.
const LIMIT: usize = 16 * 1024;

/// Refuses a request whose head is too large, or announces a body that is.
pub(crate) async fn limit_head(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // Each header is written `name: value`, with the end of the line.
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if headers + target > LIMIT {
        return Ok(request.error_response(Problem::new(Code::HeadersTooLarge)));
    }
    // A body that nobody reads is refused like one that is read.
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Ok(request.error_response(Problem::new(Code::BodyTooLarge)));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

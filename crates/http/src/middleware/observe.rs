//! The id of each request, its line in the log, and the shape of its failure.

use std::time::Instant;

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;

use super::hide_from_strangers;
use crate::{edge::Edge, problem};

/// The header that names a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, runs it inside a span of that name, gives a failure its body, and writes one line: what was
/// asked of which route, what came of it, how long it took. Of the client's own words only method and id are in it.
pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let edge = Edge::of(request.request()).clone();
    let id = request.headers().get(REQUEST_ID).and_then(usable).map(ToOwned::to_owned);
    let id = id.unwrap_or_else(|| edge.app.operations.request_ids.next().to_string());
    let method = request.method().clone();
    // At the highest level: a line that is logged at all is logged with its request.
    let span = tracing::error_span!("request", request_id = id);
    let response = next.call(request).instrument(span.clone()).await?;
    span.in_scope(|| {
        let mut response = problem::shape(response.map_into_boxed_body(), &edge.settings.public_url, &id);
        hide_from_strangers(&mut response);
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        tracing::info!(
            method = method.as_str(),
            route = response.request().match_pattern().as_deref().unwrap_or("none"),
            status = response.status().as_u16(),
            elapsed_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        Ok(response)
    })
}

/// The client's own name for its request, if it is one that can stand in a log.
fn usable(value: &HeaderValue) -> Option<&str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    value.to_str().ok().filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(allowed))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::usable;

    #[test]
    fn a_clients_own_id_is_taken_if_it_can_stand_in_a_log() {
        for good in ["a", "01989f3e-7a2c-7e11-b0a1-0123456789ab", "trace.1_B", &"a".repeat(64)] {
            assert_eq!(usable(&HeaderValue::from_str(good).unwrap()), Some(good));
        }
        for bad in ["", &"a".repeat(65), "a b", "a;b", "a\u{e9}", "<script>", "a\"b"] {
            assert_eq!(usable(&HeaderValue::from_bytes(bad.as_bytes()).unwrap()), None, "{bad}");
        }
    }
}

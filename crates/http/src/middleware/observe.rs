//! The id of each request, its line in the log, and the shape of its failure.

use std::{borrow::Cow, sync::Arc, time::Instant};

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::{
    Instrument,
    field::{Empty, display},
};

use super::{hide_from_strangers, trace};
use crate::{
    edge::Edge,
    metrics::{self, Ledger, NO_ROUTE},
    problem, routes,
    who::Routed,
};

/// The header that names a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, runs it inside a span of that name, gives a failure its body, and writes one line: what was
/// asked of which route, what came of it, how long it took. Of the client's own words only method and id are in it.
/// The same is counted in the worker's ledger.
pub(crate) async fn observe(
    ledger: Arc<Ledger>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let _under_way = ledger.begin();
    let edge = Edge::of(request.request()).clone();
    let id = request.headers().get(REQUEST_ID).and_then(usable).map(ToOwned::to_owned);
    let id = id.unwrap_or_else(|| edge.app.operations.request_ids.next().to_string());
    let method = request.method().clone();
    // At the highest level: a line that is logged at all is logged with its request.
    let span = tracing::error_span!("request", request_id = id, trace_id = Empty);
    let traced = trace::begin(request.request(), &id);
    if let Some(id) = trace::trace_id(&traced) {
        span.record("trace_id", display(id));
    }
    let response = next.call(request).instrument(traced.clone()).instrument(span.clone()).await?;
    span.in_scope(|| {
        let mut response = problem::shape(response.map_into_boxed_body(), &edge.settings.public_url, &id);
        hide_from_strangers(&mut response);
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let (place, route) = route_of(&response);
        let (status, took) = (response.status(), begun.elapsed());
        ledger.answered(place, &method, status, took);
        trace::end(&traced, &method, &route, status);
        tracing::info!(
            method = method.as_str(),
            route = &*route,
            status = status.as_u16(),
            elapsed_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        Ok(response)
    })
}

/// The route that a request came to: its place among the paths of the table, and its path. What was answered before it
/// came to one, as by a method that its path has not, is the path's all the same.
fn route_of(response: &ServiceResponse) -> (Option<usize>, Cow<'static, str>) {
    let routed = response.request().extensions().get::<Routed>().map(|routed| routed.path);
    match routed.and_then(|place| Some((place, *routes::paths().get(place)?))) {
        Some((place, path)) => (Some(place), Cow::Borrowed(path)),
        None => match response.request().match_pattern() {
            Some(path) => (metrics::place(&path), Cow::Owned(path)),
            None => (None, Cow::Borrowed(NO_ROUTE)),
        },
    }
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

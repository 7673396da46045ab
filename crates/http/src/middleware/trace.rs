//! A request as a part of a trace (W3C Trace Context, OpenTelemetry).
//!
//! These spans are for traces alone: where none are sent, nobody asks for their target, and they cost nothing.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderValue},
    },
};
use opentelemetry::{
    Context,
    propagation::Extractor,
    trace::{TraceContextExt as _, TraceId},
};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{
    edge::Edge,
    metrics::{self, NO_ROUTE},
};

/// In the context of a request that says itself, not by a trusted proxy, which trace it belongs to. Its ids count; what it
/// says of whether it is to be recorded does not, or whoever likes could have all of their requests recorded, or none.
#[derive(Clone, Copy, Debug)]
pub struct FromStranger;

/// The name of the only header that is read.
const TRACEPARENT: &str = "traceparent";

/// The span of a request that has just come. It goes on with the trace that the request belongs to, if it names one.
pub(super) fn begin(request: &HttpRequest, id: &str) -> Span {
    let span = tracing::debug_span!(
        target: "doorward::trace",
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = metrics::method_label(request.method()),
        http.route = Empty,
        http.response.status_code = Empty,
        doorward.request_id = id,
    );
    if !span.is_disabled() {
        let edge = Edge::of(request);
        let mut context = opentelemetry::global::get_text_map_propagator(|propagator| {
            propagator.extract_with_context(&Context::new(), &TraceParent(request.headers()))
        });
        if !is_trusted(request.peer_addr().map(|peer| peer.ip()), edge) {
            context = context.with_value(FromStranger);
        }
        // Fails only where the span has begun already, or nobody records it.
        let _ = span.set_parent(context);
    }
    span
}

/// The trace that a span belongs to, as it is written in a log, if it is in one.
pub(super) fn trace_id(span: &Span) -> Option<TraceId> {
    if span.is_disabled() {
        return None;
    }
    let id = span.context().span().span_context().trace_id();
    (id != TraceId::INVALID).then_some(id)
}

/// Says what came of the request.
pub(super) fn end(span: &Span, method: &Method, route: &str, status: StatusCode) {
    if span.is_disabled() {
        return;
    }
    let method = metrics::method_label(method);
    // The field `otel.name` counts only until the span's id was asked for.
    if route == NO_ROUTE {
        span.context().span().update_name(method);
    } else {
        span.context().span().update_name(format!("{method} {route}"));
        span.record("http.route", route);
    }
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "error");
    }
}

fn is_trusted(peer: Option<IpAddr>, edge: &Edge) -> bool {
    let trusted = &edge.settings.trusted_proxies;
    peer.is_some_and(|peer| trusted.iter().any(|network| network.contains(&peer.to_canonical())))
}

/// One header, and only if it stands once: whoever gives two traces gives none. What else the header of another name
/// would add to a trace is a stranger's text.
struct TraceParent<'a>(&'a HeaderMap);

impl Extractor for TraceParent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut values = self.0.get_all(TRACEPARENT);
        let only = values.next().filter(|_| key == TRACEPARENT && values.next().is_none());
        only.map(HeaderValue::to_str)?.ok()
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

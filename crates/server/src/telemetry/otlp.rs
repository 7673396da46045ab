//! Spans on their way to a collector: OTLP as protobuf over HTTP.
//!
//! They wait in a queue of limited length, and a thread of its own posts them. What finds the queue full, because the
//! collector is gone or slow, is dropped; no request waits for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use doorward_settings::{Tracing, tracing::TracingEndpoint};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

use super::sampling::Sampling;

/// How long the collector may take for a batch.
const POSTED_WITHIN: Duration = Duration::from_secs(2);
/// How often what has gathered is posted.
const POSTED_EVERY: Duration = Duration::from_secs(2);
/// The most spans that wait, of about a kilobyte each.
const QUEUE: usize = 4_096;
/// The most spans of a batch.
const BATCH: usize = 512;
/// The most bytes of an answer that are read.
const ANSWER: u64 = 64 * 1024;

/// What records spans and posts them there.
pub(super) fn provider(settings: &Tracing, endpoint: &TracingEndpoint) -> anyhow::Result<SdkTracerProvider> {
    let headers = settings.headers.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Poster::new())
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint.traces_url())
        .with_timeout(POSTED_WITHIN)
        .with_headers(headers.collect())
        .build()
        .context("traces cannot be sent: see [tracing]")?;
    let queue = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(POSTED_EVERY)
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    Ok(SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(queue).build())
        .with_sampler(Sampling::new(settings.sample_ratio.get()))
        .with_resource(Resource::builder_empty().with_service_name(settings.service_name.clone()).build())
        .build())
}

/// What makes spans of those that are logged with their target.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    // Neither where in the code nor on which thread a span began says anything to whoever runs it.
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("doorward"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
}

/// Posts, on the thread of the queue, which has nothing else to do.
#[derive(Debug)]
struct Poster {
    agent: Agent,
    /// Whether the last batch was not taken. It is told when that changes, not again and again.
    fails: AtomicBool,
}

impl Poster {
    fn new() -> Self {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .root_certs(RootCerts::WebPki)
            .build();
        let config = Agent::config_builder()
            .timeout_global(Some(POSTED_WITHIN))
            .http_status_as_error(false)
            .max_redirects(0)
            // Where they go stands in the settings, and nowhere else.
            .proxy(None)
            .tls_config(tls)
            .build();
        Self { agent: config.into(), fails: AtomicBool::new(false) }
    }

    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(head, body.as_ref()))?;
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(ANSWER).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }

    fn tell(&self, trouble: Option<&str>) {
        let failed = self.fails.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(cause) if !failed => tracing::warn!(cause, "traces are not taken: see tracing.endpoint"),
            None if failed => tracing::info!("traces are taken again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Poster {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.post(request);
        match &answer {
            Ok(answer) if answer.status().is_success() => self.tell(None),
            Ok(answer) => self.tell(Some(answer.status().as_str())),
            Err(cause) => self.tell(Some(&cause.to_string())),
        }
        Ok(answer?)
    }
}

//! Logs and traces.

mod otlp;
mod sampling;

use std::{
    io::{IsTerminal as _, stdout},
    time::Duration,
};

use doorward_settings::{Log, LogFormat, Settings};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _, registry, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

/// Parts that tell of each step what is told here once. The configured level may say otherwise.
const TALKATIVE: &str = "actix_server=warn,sea_orm_migration=warn";

/// The target of the spans that traces are made of. They are for no log: its lines name their request and their job.
const OF_TRACES: &str = "doorward::trace";

/// What records traces, if any are recorded.
#[must_use = "what was not sent yet is lost without `flush`"]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// How long a server that stops waits for a collector.
    const FLUSHED_WITHIN: Duration = Duration::from_secs(2);

    /// Sends the spans that were not sent yet, as far as the collector takes them at once.
    pub async fn flush(self) {
        let Some(provider) = self.0 else { return };
        let flush = move || provider.shutdown_with_timeout(Self::FLUSHED_WITHIN);
        match tokio::task::spawn_blocking(flush).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(%cause, "the last spans were not sent"),
            Err(cause) => tracing::warn!(%cause, "the last spans were not sent"),
        }
    }
}

/// Logs to standard output from here on, and sends traces if there is somebody to send them to.
pub fn start(settings: &Settings) -> anyhow::Result<Telemetry> {
    let Some(endpoint) = &settings.tracing.endpoint else {
        init(&settings.log);
        return Ok(Telemetry(None));
    };
    let provider = otlp::provider(&settings.tracing, endpoint)?;
    // A filter for each: what is only for traces is in no log, and what is only for the log in no trace.
    let log = format(&settings.log, stdout().is_terminal(), stdout).with_filter(log_filter(&settings.log));
    let traces = otlp::layer(&provider).with_filter(Targets::new().with_target(OF_TRACES, tracing::Level::DEBUG));
    if let Err(cause) = registry().with(log).with(traces).try_init() {
        tracing::debug!(%cause, "logging was set up already");
    }
    Ok(Telemetry(Some(provider)))
}

/// Logs to standard output from here on. Whoever set up logging before, as a test does, is left in charge.
pub fn init(log: &Log) {
    if let Err(cause) = subscriber(log, stdout().is_terminal(), stdout).try_init() {
        tracing::debug!(%cause, "logging was set up already");
    }
}

/// What writes the log.
pub fn subscriber<W>(log: &Log, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    registry().with(log_filter(log)).with(format(log, colours, writer))
}

fn log_filter(log: &Log) -> EnvFilter {
    EnvFilter::new(format!("{TALKATIVE},{OF_TRACES}=off,{}", log.level.as_str()))
}

fn format<S, W>(log: &Log, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let format = tracing_subscriber::fmt::layer().with_writer(writer);
    match log.format {
        LogFormat::Pretty => format.with_ansi(colours).boxed(),
        // All spans, because the one with the request's id need not be the innermost.
        LogFormat::Json => format.json().flatten_event(true).with_current_span(false).boxed(),
    }
}
